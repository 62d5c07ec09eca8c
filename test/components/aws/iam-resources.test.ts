/** What buckets, keys and queues of the aws target allow to anybody, by an offline evaluator of IAM. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { account, autoName, region } from "../aws-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { documentOf, everything, frugal, recordAws } from "./environment.ts";
import { keyArn, policiesOf, roleMay, simulate, type Request } from "./iam-simulator.ts";

const recordings: Record<"frugal" | "everything", Recording> = {} as never;
beforeAll(async () => {
  recordings.frugal = (await recordAws(frugal)).recording;
  recordings.everything = (await recordAws(everything)).recording;
});

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const bucket = (zone: string) => `arn:aws:s3:::${autoName(`acme-lake-${zone}`)}`;
const object = (zone: string, key: string) => `${bucket(zone)}/${key}`;
const made = { "s3:if-none-match": "*", "s3:ObjectCreationOperation": "true" };
const put = (zone: string, key: string, context: Request["context"] = made): Request => ({
  action: "s3:PutObject",
  resource: object(zone, key),
  context: { "credentials-iot:ThingName": "wrist-01", ...context },
});
const get = (zone: string, key: string): Request => ({ action: "s3:GetObject", resource: object(zone, key) });
const queue = (name: string): Request => ({
  action: "sqs:SendMessage",
  resource: arn("sqs", autoName(name)),
});

describe("buckets", () => {
  const anyone = `arn:aws:iam::${account}:role/Admin`;
  const admin = [
    {
      name: "admin",
      policy: {
        Version: "2012-10-17",
        Statement: [{ Sid: "All", Effect: "Allow" as const, Action: "*", Resource: "*" }],
      },
    },
  ];
  const verdict = (request: Request) => simulate(recordings.frugal, anyone, admin, request);

  test.each(["raw", "curated", "quarantine", "results"])(
    "%s: not in clear, not below TLS 1.2, not under another key",
    async (zone) => {
      const key = keyArn(recordings.frugal, `acme-lake-${zone === "results" ? "curated" : zone}-key`);
      const other = keyArn(recordings.frugal, "acme-operations-key");
      const id = "s3:x-amz-server-side-encryption-aws-kms-key-id";
      const denied = "ExplicitlyDenied";
      expect(await verdict(put(zone, "x"))).toBe("Allowed");
      expect(
        await verdict(put(zone, "x", { ...made, [id]: key, "s3:x-amz-server-side-encryption": "aws:kms" })),
      ).toBe("Allowed");
      expect(await verdict(put(zone, "x", { ...made, "aws:SecureTransport": "false" }))).toBe(denied);
      expect(await verdict(put(zone, "x", { ...made, "s3:TlsVersion": "1.1" }))).toBe(denied);
      expect(await verdict({ ...get(zone, "x"), context: { "aws:SecureTransport": "false" } })).toBe(denied);
      expect(await verdict(put(zone, "x", { ...made, [id]: other }))).toBe(denied);
      expect(await verdict(put(zone, "x", { ...made, "s3:x-amz-server-side-encryption": "aws:kms" }))).toBe(
        denied,
      );
      expect(await verdict(put(zone, "x", { ...made, "s3:x-amz-server-side-encryption": "AES256" }))).toBe(
        denied,
      );
      expect(
        await verdict(
          put(zone, "x", { ...made, "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" }),
        ),
      ).toBe(denied);
    },
  );

  test("raw: even an administrator replaces and deletes nothing, and may finish an upload by parts", async () => {
    expect(await verdict(put("raw", "live/0", { "s3:ObjectCreationOperation": "true" }))).toBe(
      "ExplicitlyDenied",
    );
    expect(await verdict(put("raw", "offline/wrist-01/0", { "s3:ObjectCreationOperation": "false" }))).toBe(
      "Allowed",
    );
    expect(await verdict({ action: "s3:DeleteObject", resource: object("raw", "live/0") })).toBe(
      "ExplicitlyDenied",
    );
  });
});

describe("keys", () => {
  const principal = `arn:aws:iam::${account}:role/Admin`;
  const all = [
    {
      name: "all",
      policy: {
        Version: "2012-10-17",
        Statement: [{ Sid: "All", Effect: "Allow" as const, Action: "*", Resource: "*" }],
      },
    },
  ];

  test("an administrator looks after a key and can't read with it, but through its service and for its own data", async () => {
    const recording = recordings.frugal;
    const resource = keyArn(recording, "acme-lake-raw-key");
    const may = async (action: string, context: Request["context"] = {}) =>
      (await simulate(recording, principal, all, { action, resource, context })) === "Allowed";
    const through = (bucketArn: string, service = "s3") => ({
      "kms:ViaService": `${service}.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": bucketArn,
    });
    expect(await may("kms:ScheduleKeyDeletion")).toBe(true);
    expect(await may("kms:Decrypt")).toBe(false);
    expect(await may("kms:Decrypt", through(bucket("raw")))).toBe(true);
    expect(await may("kms:Decrypt", through(bucket("curated")))).toBe(false);
    expect(await may("kms:Decrypt", through(object("raw", "live/0")))).toBe(true);
    expect(await may("kms:Decrypt", through(bucket("raw"), "secretsmanager"))).toBe(false);
    expect(await may("kms:CreateGrant", { "kms:GrantIsForAWSResource": "true" })).toBe(false);
  });

  test("nobody outside the account is named in a key's policy, and services are bound to it", () => {
    for (const name of ["frugal", "everything"] as const) {
      const keys = recordings[name].registrations.filter(({ type }) =>
        /^aws:kms\/(key|replicaKey):/.test(type),
      );
      expect(keys.length).toBe(name === "frugal" ? 4 : 6);
      for (const { name: key, inputs } of keys) {
        for (const { Sid, Principal, Condition } of documentOf(inputs["policy"]).Statement) {
          const text = JSON.stringify([Principal, Condition]);
          expect([key, Sid, text]).toEqual([key, Sid, expect.stringContaining(account)]);
          expect([key, Sid, JSON.stringify(Principal)]).toEqual([
            key,
            Sid,
            expect.not.stringContaining('"*"'),
          ]);
        }
      }
    }
  });

  test("the error queue takes nothing over plain text, not even from the rules", async () => {
    const recording = recordings.frugal;
    const role = "acme-ingest-rule-role";
    const send = queue("acme-ingest-dead-letter");
    const plain = { ...send, context: { "aws:SecureTransport": "false" } };
    const verdict = await simulate(
      recording,
      `arn:aws:iam::${account}:role/${autoName(role)}`,
      policiesOf(recording, role),
      plain,
    );
    expect(verdict).toBe("ExplicitlyDenied");
    expect(await roleMay(recording, role, send)).toBe(true);
  });
});
