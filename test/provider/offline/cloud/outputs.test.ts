/** What a resource has once it is made, and what is known of it before. */

import { beforeEach, describe, expect, test } from "@jest/globals";
import type { CloudProvider } from "../../../../provider/offline/cloud/provider.ts";
import { UNKNOWN, opened, secret } from "../support.ts";
import { ResourceUnderTest, awsProvider, urnOf } from "./support.ts";

const settings = { defaultTags: { tags: { owner: "me", stage: "dev" } } };
let provider: CloudProvider;
let table: ResourceUnderTest;
beforeEach(async () => {
  // A provider of its own for each test: it makes another name for what takes the place of a resource it has met.
  ({ provider } = await awsProvider(settings));
  table = of("aws:dynamodb/table:Table");
});
const of = (token: string): ResourceUnderTest => new ResourceUnderTest(provider, token);
const inputs = { hashKey: "device", attributes: [{ name: "device", type: "S" }] };

describe("at a preview", () => {
  test("inputs are known, and what AWS computes is not", async () => {
    const state = await table.preview({ ...inputs, billingMode: "PAY_PER_REQUEST" });
    expect(state).toMatchObject({
      hashKey: "device",
      billingMode: "PAY_PER_REQUEST",
      name: "thing-1383dea",
      region: "eu-central-1",
      tagsAll: { owner: "me", stage: "dev" },
      arn: UNKNOWN,
      streamArn: UNKNOWN,
    });
    // Absent and not computed: known to be absent.
    expect(state).not.toHaveProperty("deletionProtectionEnabled");
  });

  test("what a given object lacks is not known inside it", async () => {
    const state = await table.preview({ ...inputs, replicas: [{ regionName: "eu-west-1" }] });
    expect(state["replicas"]).toEqual([
      {
        regionName: "eu-west-1",
        deletionProtectionEnabled: UNKNOWN,
        arn: UNKNOWN,
        kmsKeyArn: UNKNOWN,
        streamArn: UNKNOWN,
        streamLabel: UNKNOWN,
      },
    ]);
  });

  test("an update in place keeps what is known", async () => {
    const tagged = await table.update(inputs, { ...inputs, tags: { stage: "prod" } }, true);
    expect(tagged).toMatchObject({
      arn: "arn:aws:dynamodb:eu-central-1:123456789012:table/thing-1383dea",
      tags: { stage: "prod" },
      tagsAll: { owner: "me", stage: "prod" },
    });
    const unknown = await table.update(inputs, { ...inputs, billingMode: UNKNOWN }, true);
    expect(unknown).toMatchObject({ billingMode: UNKNOWN, hashKey: "device" });
  });
});

describe("at up", () => {
  test("everything that is always there has a value of its type", async () => {
    const { id, state } = await table.create({ ...inputs, replicas: [{ regionName: "eu-west-1" }] });
    expect(id).toBe("thing-1383dea");
    expect(state).toMatchObject({
      name: id,
      arn: "arn:aws:dynamodb:eu-central-1:123456789012:table/thing-1383dea",
      readCapacity: 0,
      serverSideEncryption: { enabled: false, kmsKeyArn: expect.any(String) as unknown },
      replicas: [{ regionName: "eu-west-1", arn: expect.any(String) as unknown }],
    });
    expect(JSON.stringify(state)).not.toContain(UNKNOWN);
  });

  test("the same resource gets the same, another one something else", async () => {
    const key = of("aws:kms/key:Key");
    const first = await key.create({});
    expect(await key.create({})).toEqual(first);
    const other = await new ResourceUnderTest(provider, "aws:kms/key:Key", "other").create({});
    expect(other.state["arn"]).not.toBe(first.state["arn"]);
  });

  test("a property that is no longer set goes, or falls back", async () => {
    const changed = await table.update(
      { ...inputs, deletionProtectionEnabled: true, readCapacity: 5 },
      inputs,
    );
    expect(changed).not.toHaveProperty("deletionProtectionEnabled");
    expect(changed["readCapacity"]).toBe(0);
    const kept = await table.update({ ...inputs, readCapacity: 5 }, { ...inputs, readCapacity: 5, tags: {} });
    expect(kept["readCapacity"]).toBe(5);
  });
});

describe("secrets", () => {
  test("given ones stay secret, at their place", async () => {
    const { state } = await table.create({
      ...inputs,
      tags: { pin: secret("0000"), open: "x" },
      ttl: secret({ attributeName: "gone" }),
    });
    expect(opened((state["tags"] as Record<string, unknown>)["pin"])).toBe("0000");
    expect(state["tags"]).toMatchObject({ open: "x" });
    expect(state["ttl"]).toEqual(secret({ attributeName: "gone" }));
    expect(state["tagsAll"]).toMatchObject({ pin: secret("0000"), owner: "me" });
  });

  test("what AWS makes and the SDK keeps secret is secret", async () => {
    const { state } = await of("aws:iot/certificate:Certificate").create({ active: true });
    expect(opened(state["privateKey"])).toEqual(expect.any(String));
    expect(opened(state["certificatePem"])).toEqual(expect.any(String));
    expect(state["arn"]).toEqual(expect.stringMatching(/^arn:aws:iot:eu-central-1:123456789012:cert\//));
  });

  test("what is made from a secret name is secret", async () => {
    const { state } = await table.create({ ...inputs, name: secret("hush-hush") });
    expect(opened(state["name"])).toBe("hush-hush");
    expect(opened(state["arn"])).toContain("table/hush-hush");
    expect(state["hashKey"]).toBe("device");
  });

  test("a refresh finds the state as it is", async () => {
    const { id, state } = await table.create({ ...inputs, tags: { pin: secret("0000") } });
    const token = "aws:dynamodb/table:Table";
    expect(await provider.read(token, id, state, inputs)).toEqual({ id, state, inputs });
    await expect(provider.read(token, "readings", {}, {})).rejects.toThrow(
      'aws:dynamodb/table:Table "readings" can\'t be looked up: this is the offline provider for aws, and AWS was not asked',
    );
  });
});

describe("what a real provider has made", () => {
  const call = { urn: urnOf("aws:dynamodb/table:Table", "thing"), oldInputs: inputs };
  const token = "aws:dynamodb/table:Table";
  const real = { name: "readings", hashKey: "device", arn: "arn:aws:dynamodb:eu-central-1:1:table/readings" };

  test("is planned for, but neither changed nor removed", async () => {
    const news = { ...inputs, readCapacity: 5 };
    expect(await provider.update(token, real, news, true, call)).toMatchObject({
      readCapacity: 5,
      arn: real.arn,
    });
    await expect(provider.update(token, real, news, false, call)).rejects.toThrow(
      `${call.urn} can't be changed: the offline provider for aws has not made it, so it may exist in AWS. Use the real plugin`,
    );
    expect(() => provider.delete(token, "readings", real)).toThrow(
      `${token} "readings" can't be removed: the offline provider for aws has not made it`,
    );
  });

  test("is told from what this one has made, also after a change", async () => {
    const changed = await table.update(inputs, { ...inputs, readCapacity: 5 });
    expect(() => provider.delete(token, "thing", changed)).not.toThrow();
  });
});
