/** aws-dev as it is shipped, by the real engine with the offline provider, without credentials. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createCloudStack, isUnknown, type CloudStack, type Step } from "./support/cloud-stack.ts";
import { hasEngine } from "./support/stack.ts";

const minutes = 60_000;
let stack: CloudStack;

beforeAll(async () => {
  if (!(await hasEngine())) throw new Error("there is no engine on PATH: run npm test, which brings one in");
  stack = await createCloudStack("Pulumi.aws-dev.yaml");
}, 2 * minutes);
afterAll(() => stack.dispose(), 5 * minutes);

describe("the environment aws-dev", () => {
  let planned: Step[];

  test(
    "mistakes come back at once, and nothing is planned",
    async () => {
      const other = await createCloudStack("Pulumi.aws-dev.yaml");
      await other.configure(
        "fieldlake:aws: { replicaRegion: eu-central-1, writeOnce: { days: 500 } }",
        'fieldlake:key: { kind: own, reference: "alias/mine" }',
      );
      const { status, text } = await other.pulumi("preview");
      await other.dispose();
      expect(status).not.toBe(0);
      expect(text).toContain("the configuration has 3 mistakes:");
      expect(text).not.toMatch(/demo-(fleet|lake|stream|operations)/);
    },
    2 * minutes,
  );

  test(
    "preview plans everything, and knows every policy but those that name a key",
    async () => {
      planned = await stack.preview();
      expect(planned.every(({ op }) => op === "create")).toBe(true);
      expect(planned.length).toBeGreaterThan(150);
      const policies = planned.filter(
        ({ inputs }) => "policy" in inputs && typeof inputs["policy"] === "string",
      );
      expect(policies.length).toBeGreaterThan(20);
      const unknown = policies
        .filter(({ inputs }) => isUnknown(inputs["policy"]))
        .map(({ type, name }) => `${type} ${name}`);
      for (const which of unknown) {
        expect(which).toMatch(
          /RolePolicy demo-[a-z-]+-keys$|BucketPolicy demo-lake-(raw|curated|quarantine|results)-policy$/,
        );
      }
      const key = planned.find(({ name }) => name === "demo-lake-raw-key");
      expect(isUnknown(key?.inputs["policy"])).toBe(false);
      const encryption = planned.find(({ name }) => name === "demo-lake-raw-encryption");
      expect(isUnknown(encryption?.inputs["rules"])).toBe(true);
    },
    3 * minutes,
  );

  test(
    "up makes what was planned; no private key lies plain in the state",
    async () => {
      const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview");
      expect([status, text.split("\n").slice(-15).join("\n")]).toEqual([
        0,
        expect.stringContaining(`${planned.length} created`),
      ]);
      expect(text).toMatch(/OFFLINE: AWS is not asked/);
      const state = await stack.state();
      expect(state).not.toContain("PRIVATE KEY");
      expect(state).toContain("ciphertext");
    },
    5 * minutes,
  );

  test(
    "a second up changes nothing",
    async () => {
      const { status, text } = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      expect([status, text]).toEqual([0, expect.stringContaining(`${planned.length} unchanged`)]);
    },
    3 * minutes,
  );

  test(
    "an update of settings replaces nothing, and touches what they are about",
    async () => {
      await stack.configure(
        'fieldlake:aws: { logRetentionDays: 30, bufferSeconds: 120, scanLimitGigabytes: 5, alarmEmails: ["ops@acme.example"] }',
      );
      const steps = (await stack.preview()).filter(({ op }) => op !== "same");
      expect(steps.filter(({ op }) => op !== "update").map(({ op, type }) => `${op} ${type}`)).toEqual([
        "create aws:sns/topicSubscription:TopicSubscription",
      ]);
      expect([...new Set(steps.map(({ type }) => type))].sort()).toEqual([
        "aws:athena/workgroup:Workgroup",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        "aws:sns/topicSubscription:TopicSubscription",
      ]);
      const { status } = await stack.pulumi("up", "--yes", "--skip-preview");
      expect(status).toBe(0);
    },
    5 * minutes,
  );

  test(
    "destroy leaves nothing behind",
    async () => {
      const { status, text } = await stack.pulumi("destroy", "--yes", "--skip-preview");
      expect([status, text]).toEqual([0, expect.stringMatching(/\d+ deleted/)]);
      const { deployment } = JSON.parse(await stack.state()) as { deployment: { resources?: unknown[] } };
      expect(deployment.resources ?? []).toEqual([]);
    },
    5 * minutes,
  );
});
