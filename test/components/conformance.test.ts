/** One body, every target: what the contracts promise, whoever implements them. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { isSecret as isSecretOutput } from "@pulumi/pulumi";
import { loadPlatform } from "../../components/registry.ts";
import type { CommonOutputs, EncryptionState, Target } from "../../components/contracts/common.ts";
import { deviceIdPattern } from "../../components/contracts/device-fleet.ts";
import { deviceTopics } from "../../components/shared/connection.ts";
import { readConfig, type Config } from "../../config.ts";
import { isSecret } from "../../provider/values.ts";
import { buildEnvironment } from "./environment.ts";
import { record, settled } from "./harness.ts";

/** A target without a fixture does not compile. */
const fixtures = {
  local: readConfig({ target: "local", environment: "acme", devices: [{ id: "wrist-01" }] }),
  aws: readConfig(
    { target: "aws", environment: "acme", devices: [{ id: "wrist-01" }] },
    { "aws:region": "eu-central-1" },
  ),
  azure: readConfig(
    { target: "azure", environment: "acme", devices: [{ id: "wrist-01" }] },
    { "azure-native:location": "westeurope" },
  ),
} satisfies Record<Target, Config>;

async function environment(config: Config) {
  const platform = await loadPlatform(config);
  let built: ReturnType<typeof buildEnvironment> | undefined;
  const recording = await record(() => {
    built = buildEnvironment(platform, config);
  });
  if (built === undefined) throw new Error("the program did not run");
  return { recording, ...built };
}

describe.each(Object.entries(fixtures))("target %s", (target, config) => {
  let built: Awaited<ReturnType<typeof environment>>;
  beforeAll(async () => {
    built = await environment(config);
  });

  test("what is not kept is said: a rule, a resource, a reason and what stands in for it", async () => {
    const { fleet, lake, stream, ingest, knowledge } = built;
    const parts: CommonOutputs[] = [fleet, lake, stream, ingest, knowledge];
    for (const exception of parts.flatMap((part) => part.exceptions)) {
      expect(exception.rule).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      for (const text of [exception.resource, exception.reason, exception.compensatingControl]) {
        expect(text).toMatch(/\S/);
      }
    }
  });

  test("every output of every contract resolves to something usable", async () => {
    const { fleet, lake, stream, ingest, knowledge } = built;
    const values = await Promise.all([
      settled(fleet.trustBundle),
      settled(lake.rawUri),
      settled(lake.curatedUri),
      settled(lake.quarantineUri),
      settled(lake.keyId),
      settled(lake.catalog),
      settled(lake.queryEndpoint),
      settled(stream.streamId),
      settled(stream.functionId),
      settled(stream.deadLetter),
      settled(stream.lagMetric),
      settled(ingest.topicRoot),
      settled(ingest.deadLetter),
      settled(knowledge.latestState),
      settled(knowledge.sql),
      settled(knowledge.dashboardUrl),
    ]);
    for (const value of values) expect(value).toMatch(/\S/);
    const endpoint = await settled(ingest.mqttEndpoint);
    expect(endpoint).toMatchObject({ port: 8883, trustBundle: expect.stringContaining("-----BEGIN") });
    expect(Object.keys(await settled(fleet.pinned))).toEqual(["wrist-01"]);
    const connection = await settled(ingest.connection);
    expect(connection).toMatchObject({
      ...endpoint,
      mqtt: { clientId: "{id}", userName: "{id}", maxQos: 1, maxPayloadBytes: 65_536 },
      topics: deviceTopics,
    });
    for (const hint of Object.values(connection.clients)) expect(hint).toContain(endpoint.host);
  });

  test("device keys and the page's token are secrets, and no visible argument holds one", async () => {
    const { recording, fleet, knowledge } = built;
    expect(await isSecretOutput(fleet.pinned)).toBe(true);
    expect(await isSecretOutput(fleet.issuer)).toBe(true);
    // Null where the provider's own sign-in opens the page: nothing to keep secret then.
    const token = await settled<string | null>(knowledge.dashboardToken);
    expect(token === null || (await isSecretOutput(knowledge.dashboardToken))).toBe(true);
    const visible = recording.registrations.filter(({ type }) => type.startsWith(`fieldlake:${target}:`));
    for (const { inputs } of visible.filter(({ type }) => !type.endsWith("Registry"))) {
      const open = Object.entries(inputs).filter(([, value]) => !isSecret(value));
      expect(JSON.stringify(open)).not.toMatch(/PRIVATE KEY|-key"?:.*BEGIN/);
    }
  });

  test("everything stored names its key, everything reached names its protocol", async () => {
    const { fleet, lake, stream, ingest, knowledge } = built;
    const states: EncryptionState[] = [fleet, lake, stream, ingest, knowledge].flatMap(
      (part) => part.encryption,
    );
    expect(states.length).toBeGreaterThanOrEqual(6);
    for (const { name, inTransit, atRest } of states) expect([name, inTransit ?? atRest]).not.toContain(null);
    const excepted = lake.exceptions.filter(({ rule }) => rule.endsWith("-require-customer-key"));
    for (const { name, atRest, keyId } of lake.encryption) {
      expect(atRest).toMatch(/AES-256/);
      const isExcepted = excepted.some(({ resource }) => resource.endsWith(name.replaceAll(" ", "-")));
      expect([name, keyId !== null || isExcepted]).toEqual([name, true]);
    }
    expect(ingest.encryption[0]?.inTransit).toMatch(/TLS 1\.[23].*client certificate/);
  });

  test.each([
    [{ certificateDays: 500 }, /certificateDays: received 500; allowed: a whole number from 7 to 397/],
    [{ rawDays: -1 }, /zones\.raw\.retentionDays: received -1/],
    [{ bundleHash: "abc" }, /decoder\.sha256: received "abc"; allowed: 64 hex digits/],
    [{ concurrency: 0 }, /concurrency: received 0/],
    [
      { payloadBytes: 70_000 },
      /limits\.payloadBytes: received 70000; allowed: a whole number from 1 to 65536/,
    ],
  ])("refuses %j and names the argument, the value and what is allowed", async (override, message) => {
    const platform = await loadPlatform(config);
    let thrown: unknown;
    await record(() => {
      try {
        buildEnvironment(platform, config, override);
      } catch (error) {
        thrown = error;
      }
    });
    expect((thrown as Error).message).toMatch(message);
  });

  test("device ids are what certificates, topics and registries all take", () => {
    for (const id of ["a", "wrist-01", "x_y", "0".repeat(64)]) expect(id).toMatch(deviceIdPattern);
    for (const id of ["", "A", "a/b", "a+", "#", "-a", "a-", "a".repeat(65), "é"])
      expect(id).not.toMatch(deviceIdPattern);
  });
});
