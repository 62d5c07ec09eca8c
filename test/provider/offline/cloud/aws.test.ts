/** What the offline provider knows of AWS: settings, names, ids, tags, functions. */

import { describe, expect, test } from "@jest/globals";
import { awsRules } from "../../../../provider/offline/aws/rules.ts";
import { CloudProvider } from "../../../../provider/offline/cloud/provider.ts";
import { UNKNOWN, secret } from "../support.ts";
import type { ProviderUnderTest } from "./support.ts";
import { ResourceUnderTest, awsProvider, libraries } from "./support.ts";

const aws = await awsProvider();
const of = (token: string, name?: string, { provider }: ProviderUnderTest = aws): ResourceUnderTest =>
  new ResourceUnderTest(provider, token, name);

describe("settings", () => {
  const configured = async (settings: Record<string, unknown>, environment = {}): Promise<string[]> => {
    const told: string[] = [];
    const provider = new CloudProvider(
      awsRules(environment),
      libraries.aws,
      (message) => void told.push(message),
    );
    const { failures } = await provider.checkConfiguration(settings);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    await provider.configure(settings);
    return told;
  };

  test("the standard ones are taken, nested ones as JSON", async () => {
    const settings = {
      region: "eu-central-1",
      profile: "dev",
      assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::111122223333:role/deploy", sessionName: "s" }]),
      endpoints: JSON.stringify([{ s3: "http://127.0.0.1:4566", iot: "http://127.0.0.1:4566" }]),
      skipCredentialsValidation: "true",
      skipMetadataApiCheck: "true",
      skipRequestingAccountId: "true",
      skipRegionValidation: "false",
      s3UsePathStyle: "true",
      defaultTags: JSON.stringify({ tags: { owner: "me" } }),
      secretKey: secret("hunter2"),
      version: "7.48.0",
    };
    expect(await configured(settings)).toEqual([
      expect.stringMatching(/^aws 7\.\d+\.\d+ runs OFFLINE: AWS is not asked, nothing is made there/),
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "a misspelt name",
      { region: "eu-central-1", regoin: "x" },
      "aws:regoin: is no property of this type; did you mean region?",
    ],
    [
      "a misspelt name inside",
      { region: "eu-central-1", defaultTags: '{"tag":{}}' },
      "aws:defaultTags.tag: is no property of this type; did you mean tags?",
    ],
    [
      "a wrong type",
      { region: "eu-central-1", s3UsePathStyle: "yes" },
      'aws:s3UsePathStyle: must be true or false, as JSON; received "yes"',
    ],
    [
      "an unknown service's endpoint",
      { region: "eu-central-1", endpoints: '[{"s4":"http://x"}]' },
      "aws:endpoints[0].s4: is no property of this type",
    ],
    [
      "no region",
      {},
      "aws:region: is required and missing; set it with `pulumi config set aws:region eu-central-1`, or in AWS_REGION",
    ],
    [
      "no such region",
      { region: "europe" },
      'aws:region: must be the name of an AWS region, such as eu-central-1 (or set aws:skipRegionValidation); received "europe"',
    ],
  ])("%s is an error", async (_, settings, message) => {
    await expect(configured(settings)).rejects.toThrow(message);
  });

  test("the region comes from the environment as well, and may be one the provider does not know", async () => {
    await configured({}, { AWS_REGION: "eu-west-1" });
    await configured({ region: "moon-north-1", skipRegionValidation: "true" });
  });

  test("the account is the one of the role to assume", async () => {
    const role = { assumeRoles: [{ roleArn: "arn:aws:iam::111122223333:role/deploy" }] };
    const { state } = await of("aws:sqs/queue:Queue", "q", await awsProvider(role)).create({ name: "q" });
    expect(state["url"]).toBe("https://sqs.eu-central-1.amazonaws.com/111122223333/q");
  });

  test("China and GovCloud have ARNs and hosts of their own", async () => {
    const china = await awsProvider({ region: "cn-north-1" });
    const { state } = await of("aws:s3/bucket:Bucket", "b", china).create({ bucket: "bucket-1" });
    expect(state).toMatchObject({
      arn: "arn:aws-cn:s3:::bucket-1",
      bucketRegionalDomainName: "bucket-1.s3.cn-north-1.amazonaws.com.cn",
    });
  });
});

describe("names", () => {
  const nameOf = async (token: string, property: string, name: string, inputs = {}): Promise<unknown> =>
    (await of(token, name).inputs(inputs))[property];

  test("are made as pulumi-aws makes them", async () => {
    expect(await nameOf("aws:s3/bucket:Bucket", "bucket", "Raw-Zone")).toMatch(/^raw-zone-[0-9a-f]{7}$/);
    expect(await nameOf("aws:sqs/queue:Queue", "name", "dead")).toMatch(/^dead-[0-9a-f]{7}$/);
    expect(await nameOf("aws:sqs/queue:Queue", "name", "dead", { fifoQueue: true })).toMatch(
      /^dead-.{7}\.fifo$/,
    );
    expect(await nameOf("aws:kms/alias:Alias", "name", "lake", { targetKeyId: "k" })).toMatch(
      /^alias\/lake-/,
    );
    const rule = { enabled: true, sql: "select *", sqlVersion: "2016-03-23" };
    expect(await nameOf("aws:iot/topicRule:TopicRule", "name", "up", rule)).toMatch(/^up_[0-9a-f]{7}$/);
    expect(await nameOf("aws:s3/bucket:Bucket", "bucket", "b", { bucketPrefix: "mine-" })).toBeUndefined();
  });

  test("are kept, unless the resource is replaced", async () => {
    const queue = of("aws:sqs/queue:Queue", "kept");
    const first = await queue.inputs({});
    expect(await queue.inputs({ delaySeconds: 1 }, first)).toMatchObject({ name: first["name"] });
    // The engine checks once more, without the old inputs, what takes the place of the resource.
    const replacement = await queue.inputs({ delaySeconds: 1 });
    expect(replacement["name"]).toMatch(/^kept-[0-9a-f]{7}$/);
    expect(replacement["name"]).not.toBe(first["name"]);
    // A name that the program gave is not kept when it gives none any more.
    const given = await queue.inputs({ name: "mine" });
    expect((await queue.inputs({}, given))["name"]).toMatch(/^kept-/);
  });

  test("follow the project's autonaming", async () => {
    const bucket = of("aws:s3/bucket:Bucket");
    const named = async (mode: "propose" | "enforce" | "disable") =>
      bucket.check({}, {}, { mode, proposedName: "Thing-dev" });
    expect((await named("propose")).inputs["bucket"]).toBe("thing-dev");
    expect((await named("enforce")).failures).toEqual([
      expect.stringMatching(/^bucket: allowed: 3 to 63 of a-z 0-9 \. -.*received "Thing-dev"$/),
    ]);
    expect((await named("disable")).failures).toEqual([
      "bucket: is required and missing: pulumi:autonaming says that no names are made",
    ]);
  });

  test.each<[string, string, Record<string, unknown>, string]>([
    ["aws:s3/bucket:Bucket", "a".repeat(60), {}, `bucket: the name made for it, "${"a".repeat(60)}-`],
    [
      "aws:iot/topicRule:TopicRule",
      "to-lake",
      { enabled: true, sql: "s", sqlVersion: "2016-03-23" },
      "name: allowed: 1 to 128 of a-z A-Z 0-9 _ (no hyphens)",
    ],
    [
      "aws:s3/bucket:Bucket",
      "b",
      { bucket: "My_Bucket" },
      'bucket: allowed: 3 to 63 of a-z 0-9 . -, beginning and ending with a letter or digit; received "My_Bucket"',
    ],
    [
      "aws:kms/alias:Alias",
      "a",
      { name: "alias/aws/s3", targetKeyId: "k" },
      "name: allowed: alias/ and up to 250",
    ],
  ])("%s: one that AWS refuses is an error", async (token, name, inputs, message) => {
    const [failure] = await of(token, name).failures(inputs);
    expect(failure?.startsWith(message)).toBe(true);
  });
});

test("a secret name that AWS refuses is not told", async () => {
  expect(await of("aws:s3/bucket:Bucket").failures({ bucket: secret("Hush_Hush") })).toEqual([
    expect.stringMatching(/^bucket: allowed: 3 to 63 .*; received a secret value$/),
  ]);
});

test("ids and ARNs have the form of their kind", async () => {
  const made = async (token: string, inputs: Record<string, unknown>) => {
    const { id, state } = await of(token).create(inputs);
    return { id, arn: state["arn"] };
  };
  const account = "eu-central-1:123456789012";
  expect(await made("aws:iam/role:Role", { name: "r", assumeRolePolicy: "{}" })).toEqual({
    id: "r",
    arn: "arn:aws:iam::123456789012:role/r",
  });
  expect(await made("aws:sns/topic:Topic", { name: "t" })).toEqual({
    id: `arn:aws:sns:${account}:t`,
    arn: `arn:aws:sns:${account}:t`,
  });
  const key = await made("aws:kms/key:Key", {});
  expect(key.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(key.arn).toBe(`arn:aws:kms:${account}:key/${key.id}`);
  expect(await made("aws:iot/thing:Thing", { name: "press-01" })).toEqual({
    id: "press-01",
    arn: `arn:aws:iot:${account}:thing/press-01`,
  });
  expect(await made("aws:kinesis/stream:Stream", { name: "s", region: "eu-west-1" })).toMatchObject({
    arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
  });
  expect(
    await made("aws:medialive/channel:Channel", {
      name: "c",
      channelClass: "SINGLE_PIPELINE",
      destinations: [{ id: "d" }],
      encoderSettings: { outputGroups: [], timecodeConfig: { source: "SYSTEMCLOCK" }, videoDescriptions: [] },
      inputAttachments: [{ inputAttachmentName: "i", inputId: "1" }],
      inputSpecification: { codec: "AVC", inputResolution: "HD", maximumBitrate: "MAX_10_MBPS" },
    }),
  ).toEqual({ id: "c", arn: `arn:aws:medialive:${account}:channel/c` });
});

describe("tags", () => {
  const settings = {
    defaultTags: { tags: { owner: "me", stage: "dev" } },
    ignoreTags: { keys: ["x"], keyPrefixes: ["aws:"] },
  };

  test("are the default ones and the resource's own, without the ignored", async () => {
    const provider = await awsProvider(settings);
    const queue = of("aws:sqs/queue:Queue", "q", provider);
    expect(await queue.inputs({ tags: { stage: "prod", x: "1", "aws:y": "2" } })).toMatchObject({
      tags: { stage: "prod", x: "1", "aws:y": "2" },
      tagsAll: { owner: "me", stage: "prod" },
    });
    expect((await queue.inputs({ tags: UNKNOWN }))["tagsAll"]).toBe(UNKNOWN);
    expect((await queue.inputs({ tags: { a: UNKNOWN } }))["tagsAll"]).toMatchObject({
      a: UNKNOWN,
      owner: "me",
    });
    const policy = of("aws:sqs/queuePolicy:QueuePolicy", "p", provider);
    expect(await policy.inputs({ queueUrl: "u", policy: "{}" })).not.toHaveProperty("tagsAll");
  });
});

describe("functions", () => {
  const invoke = async (token: string, args = {}) => {
    aws.told.length = 0;
    return (await aws.provider.invoke(token, args)).result;
  };

  test("say who and where we are", async () => {
    expect(await invoke("aws:index/getCallerIdentity:getCallerIdentity")).toMatchObject({
      accountId: "123456789012",
    });
    expect(await invoke("aws:index/getRegion:getRegion")).toMatchObject({ region: "eu-central-1" });
    expect(await invoke("aws:index/getPartition:getPartition")).toMatchObject({
      partition: "aws",
      dnsSuffix: "amazonaws.com",
    });
    expect(aws.told).toEqual([]);
  });

  test("tell what is made up where a real thing is looked up", async () => {
    const arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234";
    expect(await invoke("aws:kms/getKey:getKey", { keyId: arn })).toMatchObject({
      arn,
      awsAccountId: "111122223333",
      multiRegion: true,
      enabled: true,
      keyManager: "CUSTOMER",
      multiRegionConfigurations: [],
    });
    expect(aws.told).toEqual([
      "aws:kms/getKey:getKey was answered without asking AWS: the state of the key, a symmetric one in use",
    ]);
    expect(
      await invoke("aws:iot/getEndpoint:getEndpoint", { endpointType: "iot:CredentialProvider" }),
    ).toMatchObject({
      endpointAddress: expect.stringMatching(
        /^a\w{13}\.credentials\.iot\.eu-central-1\.amazonaws\.com$/,
      ) as unknown,
    });
    expect(await invoke("aws:index/getAvailabilityZones:getAvailabilityZones")).toMatchObject({
      names: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    });
  });

  test("that only AWS can answer are errors, as are wrong arguments", async () => {
    await expect(invoke("aws:ec2/getAmi:getAmi", {})).rejects.toThrow(
      "aws:ec2/getAmi:getAmi can't be answered: this is the offline provider for aws, and AWS was not asked.",
    );
    await expect(invoke("aws:ec2/getNothing:getNothing", {})).rejects.toThrow(
      /has no function aws:ec2\/getNothing/,
    );
    expect((await aws.provider.invoke("aws:kms/getKey:getKey", { keyId: 1 })).failures).toEqual([
      "keyId: must be a string; received 1",
    ]);
  });
});
