/**
 * What a device may do: the fleet's one IoT policy, evaluated. IoT Core's policies have IAM's grammar, wildcards and
 * variables (https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html), so IAM's evaluator judges them;
 * the thing variables come under names that it takes. MQTT's own wildcards are plain characters to a policy.
 */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { documentOf, everything, frugal, recordAws, type PolicyDocument } from "./environment.ts";
import { account, region } from "../aws-stand-ins.ts";

const policies: Record<"frugal" | "everything", PolicyDocument> = {} as never;
const texts: Record<"frugal" | "everything", string> = {} as never;

beforeAll(async () => {
  for (const [name, raw] of Object.entries({ frugal, everything }) as ["frugal" | "everything", object][]) {
    const { recording } = await recordAws({ ...raw });
    const text = String(recording.one("aws:iot/policy:Policy", "acme-fleet-policy").inputs["policy"]);
    texts[name] = text;
    const renamed = text
      .replaceAll("iot:Connection.Thing.ThingName", "aws:PrincipalTag/thing")
      .replaceAll("iot:Connection.Thing.IsAttached", "aws:PrincipalTag/attached");
    policies[name] = documentOf(renamed);
  }
});

interface Connection {
  /** MQTT client id: IoT Core looks for a thing of this name. */
  readonly client: string;
  /** The thing that the certificate is attached to. */
  readonly certificateOf: string;
}

function may(
  action: string,
  resource: string,
  { client, certificateOf }: Connection,
  name: keyof typeof policies = "frugal",
): boolean {
  const verdict = runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/device`,
        action: `iot:${action}`,
        resource: { resource: `arn:aws:iot:${region}:${account}:${resource}`, accountId: account },
        contextVariables: {
          "aws:PrincipalTag/thing": client,
          "aws:PrincipalTag/attached": String(client === certificateOf),
        },
      },
      identityPolicies: [{ name: "fleet", policy: policies[name] }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return verdict === "Allowed";
}

const as = (id: string): Connection => ({ client: id, certificateOf: id });
const ids = Array.from({ length: 100 }, (_, index) => `dev-${String(index).padStart(2, "0")}`);

/** Pairs of a device and another's name for which something is allowed. */
function matrix(
  allows: (device: string, other: string) => boolean,
  devices: readonly string[] = ids,
): { allowed: number; own: boolean } {
  let [allowed, own] = [0, true];
  for (const device of devices) {
    for (const other of devices) {
      if (!allows(device, other)) continue;
      allowed++;
      own &&= device === other;
    }
  }
  return { allowed, own };
}

const onlyOwn = { allowed: 100, own: true };

describe("100 devices × 100 topics", () => {
  test("publish: 100 allowed, 9,900 denied", () => {
    expect(matrix((device, other) => may("Publish", `topic/devices/${other}/telemetry`, as(device)))).toEqual(
      onlyOwn,
    );
  });

  test("connect under a client id: 100 allowed, 9,900 denied", () => {
    const connect = (device: string, other: string) =>
      may("Connect", `client/${other}`, { client: other, certificateOf: device });
    expect(matrix(connect)).toEqual(onlyOwn);
  });

  test("a policy that is loosened in one place fails the same count", () => {
    const { Statement } = policies.frugal;
    const loose = Statement.map((statement) =>
      statement.Sid === "Publish"
        ? { ...statement, Resource: `arn:aws:iot:${region}:${account}:topic/devices/*` }
        : statement,
    );
    const before = policies.frugal;
    policies.frugal = { ...before, Statement: loose };
    const publish = (device: string, other: string) =>
      may("Publish", `topic/devices/${other}/telemetry`, as(device));
    const counted = matrix(publish, ids.slice(0, 20));
    policies.frugal = before;
    expect(counted).toEqual({ allowed: 400, own: false });
  });
});

test.each<[string, string, boolean]>([
  ["Publish", "topic/devices/d1/telemetry", true],
  ["Publish", "topic/devices/d1/telemetry/imu", true],
  ["Publish", "topic/devices/d1/events", true],
  ["Publish", "topic/devices/d1/status", true],
  ["Publish", "topic/devices/d1/commands/reboot/ack", true],
  ["RetainPublish", "topic/devices/d1/status", true],
  ["Subscribe", "topicfilter/devices/d1/commands/+", true],
  ["Subscribe", "topicfilter/devices/d1/commands/#", true],
  ["Receive", "topic/devices/d1/commands/reboot", true],
  ["AssumeRoleWithCertificate", "rolealias/acme-upload", true],
  ["Publish", "topic/devices/d1/commands/reboot", false],
  ["Publish", "topic/devices/d1", false],
  ["Publish", "topic/devices/d10/telemetry", false],
  ["Publish", "topic/devices/d1x/telemetry", false],
  ["Publish", "topic/other/d1/telemetry", false],
  ["Publish", "topic/$aws/things/d1/shadow/update", false],
  ["Publish", "topic/$aws/rules/acme_telemetry/devices/d1/telemetry", false],
  ["RetainPublish", "topic/devices/d1/telemetry", false],
  ["Subscribe", "topicfilter/#", false],
  ["Subscribe", "topicfilter/+/+/telemetry", false],
  ["Subscribe", "topicfilter/devices/+/commands/+", false],
  ["Subscribe", "topicfilter/devices/d1/telemetry", false],
  ["Subscribe", "topicfilter/devices/d2/commands/+", false],
  ["Subscribe", "topicfilter/$aws/events/#", false],
  ["Receive", "topic/devices/d2/commands/reboot", false],
  ["AssumeRoleWithCertificate", "rolealias/other", false],
  ["UpdateThingShadow", "thing/d1", false],
  ["Connect", "client/d2", false],
])("device d1, %s %s: %p", (action, resource, expected) => {
  expect(may(action, resource, as("d1"))).toBe(expected);
});

test("Basic Ingest, where asked for, takes a device's own telemetry alone", () => {
  const topic = (id: string, kind: string) => `topic/$aws/rules/acme_telemetry/devices/${id}/${kind}`;
  expect(may("Publish", topic("d1", "telemetry"), as("d1"), "everything")).toBe(true);
  expect(may("Publish", topic("d2", "telemetry"), as("d1"), "everything")).toBe(false);
  expect(may("Publish", topic("d1", "status"), as("d1"), "everything")).toBe(false);
});

test("the policy is within the 2,048 characters that IoT Core allows, for the longest environment too", () => {
  for (const text of Object.values(texts)) {
    const names = text.split("acme").length - 1;
    expect(text.length + names * (32 - "acme".length)).toBeLessThanOrEqual(2_048);
    expect(text).not.toMatch(/"iot:\*"|"Resource":"\*"|\$\{iot:ClientId\}/);
  }
});
