/** Schemas read off the installed SDKs' type files. */

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readComment } from "../../../../provider/offline/cloud/sdk/documentation.ts";
import { SdkLibrary } from "../../../../provider/offline/cloud/sdk/library.ts";
import { SdkReader } from "../../../../provider/offline/cloud/sdk/read.ts";
import type { ResourceSchema } from "../../../../provider/offline/cloud/sdk/schema.ts";
import { fileOf, parseToken } from "../../../../provider/offline/cloud/sdk/tokens.ts";
import { libraries } from "./support.ts";

const sdkFolder = (name: string): string => join(process.cwd(), "node_modules", "@pulumi", name);

const awsResource = async (token: string): Promise<ResourceSchema> => {
  const schema = await libraries.aws.resource(token);
  if (!schema) throw new Error(`no ${token}`);
  return schema;
};

describe("a resource", () => {
  test("has the inputs of its arguments, with what is required", async () => {
    const { inputs } = await awsResource("aws:dynamodb/table:Table");
    expect(inputs["hashKey"]).toEqual({ type: "string" });
    expect(inputs["attributes"]).toEqual({ type: { list: { object: "inputs.dynamodb.TableAttribute" } } });
    expect(inputs["tags"]).toEqual({ type: { map: "string" } });
    expect(inputs["arn"]).toBeUndefined();
    const versioning = await awsResource("aws:s3/bucketVersioning:BucketVersioning");
    expect(versioning.inputs["bucket"]).toEqual({ type: "string", required: true });
  });

  test("has the objects that it reaches, and no others", async () => {
    const { objects } = await awsResource("aws:dynamodb/table:Table");
    expect(objects["inputs.dynamodb.TableServerSideEncryption"]).toEqual({
      enabled: { type: "boolean", required: true },
      kmsKeyArn: { type: "string" },
    });
    expect(Object.keys(objects).filter((name) => !/^(inputs|outputs)\.dynamodb\.Table/.test(name))).toEqual(
      [],
    );
  });

  test("has outputs that are always there, and ones that may be", async () => {
    const { outputs } = await awsResource("aws:kms/key:Key");
    expect(outputs["arn"]).toEqual({ type: "string", required: true });
    expect(outputs["enableKeyRotation"]).toMatchObject({ type: "boolean" });
    const table = await awsResource("aws:dynamodb/table:Table");
    expect(table.outputs["deletionProtectionEnabled"]?.required).toBeUndefined();
  });

  test("keeps secret what the SDK keeps secret", async () => {
    const { secretOutputs } = await awsResource("aws:iot/certificate:Certificate");
    expect(secretOutputs).toEqual(["caPem", "certificatePem", "privateKey", "publicKey"]);
  });

  test("takes enumerations, archives and policy documents for what they are", async () => {
    const lambda = await awsResource("aws:lambda/function:Function");
    expect(lambda.inputs["code"]?.type).toBe("archive");
    expect(lambda.inputs["runtime"]?.type).toMatchObject({
      enumeration: { name: "lambda.Runtime", open: true, values: expect.arrayContaining(["nodejs24.x"]) },
    });
    const role = await awsResource("aws:iam/role:Role");
    expect(role.inputs["assumeRolePolicy"]?.type).toEqual({
      oneOf: ["string", { object: "inputs.iam.PolicyDocument" }],
    });
  });

  test("knows what the SDK calls deprecated", async () => {
    const bucket = await awsResource("aws:s3/bucket:Bucket");
    expect(bucket.deprecated).toBeUndefined();
    expect(bucket.inputs["acl"]?.deprecated).toMatch(/^acl is deprecated/);
    expect((await awsResource("aws:s3/bucketV2:BucketV2")).deprecated).toMatch(/deprecated in favor of/);
  });

  test("of Azure has its enumerations, unions by a fixed value, and API version", async () => {
    const account = await libraries["azure-native"].resource("azure-native:storage:StorageAccount");
    expect(account?.apiVersion).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(account?.inputs["kind"]).toMatchObject({
      required: true,
      type: {
        enumeration: { name: "storage.Kind", open: true, values: expect.arrayContaining(["StorageV2"]) },
      },
    });
    expect(account?.outputs["primaryEndpoints"]).toMatchObject({
      required: true,
      type: { object: "outputs.storage.EndpointsResponse" },
    });
    const trigger = await libraries["azure-native"].resource("azure-native:datafactory:Trigger");
    const first = trigger?.objects["inputs.datafactory.BlobEventsTriggerArgs"]?.["type"];
    expect(first).toMatchObject({ required: true, type: { enumeration: { values: ["BlobEventsTrigger"] } } });
  });

  test("is found where the generator's file names are odd, and not where there is none", async () => {
    expect(fileOf(sdkFolder("aws"), parseToken("aws:glue/mLTransform:MLTransform"))).toMatch(/mltransform$/);
    expect((await awsResource("aws:kendra/index:Index")).inputs["edition"]).toBeDefined();
    for (const token of ["aws:s3/bucket:Bukket", "aws:nothing/bucket:Bucket", "aws:s3/getBucket:GetBucket"]) {
      expect(await libraries.aws.resource(token)).toBeUndefined();
    }
    await expect(libraries.aws.resource("aws:s3")).rejects.toThrow("aws:s3 is no token");
  });
});

test("a function has arguments and results", async () => {
  const schema = await libraries.aws.function("aws:kms/getKey:getKey");
  expect(schema?.inputs["keyId"]).toEqual({ type: "string", required: true });
  expect(schema?.outputs["arn"]).toEqual({ type: "string", required: true });
  expect(await libraries.aws.function("aws:kms/key:Key")).toBeUndefined();
});

describe("comments", () => {
  test.each([
    ["Name of the thing. Changing this forces a new resource to be created.", true],
    ["(Required, Forces new resource) The name.", true],
    ["Forces replacement if changed.", true],
    ["Specifies the location. It cannot be changed after the resource has been created.", true],
    ["This property is immutable.", true],
    ["Can be updated in place without recreating the channel.", false],
    ["If set to true, changing this forces a new resource.", false],
    ["When decreased, this will force a recreation of the resource.", false],
    ["The replacement strategy to use.", false],
  ])("%s", (comment, replaces) => {
    expect(readComment(`/**\n * ${comment}\n */`).replaces ?? false).toBe(replaces);
  });

  test.each([
    ["Valid values are `a`, `b`, and `c-d`. Defaults to `a`.", ["a", "b", "c-d"]],
    ["The mode. Valid values: `ON_DEMAND` and `PROVISIONED`.", ["ON_DEMAND", "PROVISIONED"]],
    ["Valid values are between `1` and `5`.", undefined],
    ["Valid values: `a`, `b`, or the name of a thing.", undefined],
    ["Has the value `a` or `b`.", undefined],
  ])("%s", (comment, values) => {
    expect(readComment(`/** ${comment} */`).documentedValues).toEqual(values);
  });
});

describe("the files that keep schemas", () => {
  test("spare a later start the SDK, and a damaged one is read again", async () => {
    const cache = mkdtempSync(join(tmpdir(), "fieldlake-sdk-schemas-"));
    try {
      const token = "aws:kms/alias:Alias";
      const first = await new SdkLibrary("aws", cache).resource(token);
      const [folder = ""] = readdirSync(cache);
      const [name = ""] = readdirSync(join(cache, folder));
      const file = join(cache, folder, name);
      const marked = { ...(JSON.parse(readFileSync(file, "utf8")) as ResourceSchema), apiVersion: "kept" };
      writeFileSync(file, JSON.stringify(marked));
      expect(await new SdkLibrary("aws", cache).resource(token)).toEqual({ ...first, apiVersion: "kept" });
      writeFileSync(file, '{"kind":"resou');
      expect(await new SdkLibrary("aws", cache).resource(token)).toEqual(first);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });

  test("are done without where none can be written", async () => {
    const library = new SdkLibrary("aws", join(process.cwd(), "package.json"));
    expect((await library.resource("aws:kms/alias:Alias"))?.inputs["targetKeyId"]).toBeDefined();
  });
});

/** Every resource of some modules; `bench/offline-sdks.ts` reads all of both SDKs. */
test.each([
  ["aws", ["s3", "iot", "lambda", "kms", "dynamodb", "kinesis"], 100],
  ["azure-native", ["storage", "eventgrid", "eventhub", "iothub", "keyvault", "web"], 100],
] as const)("all resources of some modules of %s can be read", (name, modules, atLeast) => {
  const reader = new SdkReader(sdkFolder(name));
  const tokens = modules.flatMap((module) => tokensOf(join(sdkFolder(name), module)));
  const unread = tokens.filter((token) => reader.resource(token) === undefined);
  expect(unread).toEqual([]);
  expect(tokens.length).toBeGreaterThan(atLeast);
});

const tokensOf = (folder: string): string[] => {
  const files = existing(folder).filter((file) => file.endsWith(".js"));
  return files.flatMap((file) => {
    const [, token] = /__pulumiType = '([^']+)'/.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    return token ?? [];
  });
};

const existing = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
