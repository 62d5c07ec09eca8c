/** The offline cloud providers under the real engine: plan, deploy, change, replace, remove. */

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PreviewStep } from "../engine-project.ts";
import { EngineProject } from "../engine-project.ts";
import { UNKNOWN, available } from "../support.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import * as iot from "@pulumi/aws/iot/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as lambda from "@pulumi/aws/lambda/index.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as sqs from "@pulumi/aws/sqs/index.js";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";

const config = new pulumi.Config();
const account = getCallerIdentityOutput().accountId;
const key = new kms.Key("lake", {
  enableKeyRotation: true,
  multiRegion: config.getBoolean("multiRegion") ?? false,
  policy: iam.getPolicyDocumentOutput({ statements: [{
    actions: ["kms:*"], resources: ["*"],
    principals: [{ type: "AWS", identifiers: [pulumi.interpolate\`arn:aws:iam::\${account}:root\`] }],
  }] }).json,
});
new kms.Alias("lake", { targetKeyId: key.keyId });
const bucket = new s3.Bucket("Raw");
new s3.BucketVersioning("raw", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });
new s3.BucketServerSideEncryptionConfiguration("raw", {
  bucket: bucket.id,
  rules: [{ bucketKeyEnabled: true, applyServerSideEncryptionByDefault: {
    sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn } }],
});
const latest = new dynamodb.Table("latest", {
  hashKey: config.get("hashKey") ?? "device",
  attributes: [{ name: config.get("hashKey") ?? "device", type: "S" }],
  billingMode: "PAY_PER_REQUEST",
  serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
});
const dead = new sqs.Queue("dead", { kmsMasterKeyId: key.arn, delaySeconds: config.getNumber("delay") ?? 0 });
const role = new iam.Role("decoder", { assumeRolePolicy: {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
} });
const attachment = new iam.RolePolicyAttachment("decoder", { role: role.name, policyArn: "arn:aws:iam::aws:policy/x" });
const decoder = new lambda.Function("decoder", {
  role: role.arn, runtime: config.get("runtime") ?? "nodejs24.x", handler: "index.handler",
  code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("export {}") }),
  deadLetterConfig: { targetArn: dead.arn }, environment: { variables: { PIN: config.requireSecret("pin") } },
});
const certificate = new iot.Certificate("press-01", { active: true });
const thing = new iot.Thing("press-01", { name: "press-01" });
export const bucketName = bucket.bucket, tableArn = latest.arn, decoderArn = decoder.arn;
export const queue = { url: dead.url, arn: dead.arn };
export const privateKey = certificate.privateKey;
export const isSecret = pulumi.isSecret(certificate.privateKey);
`;

const enginePresent = await available("pulumi", ["version"]);
if (!enginePresent)
  console.warn("no pulumi on PATH: the offline cloud providers are not tried with the engine");

/** What the engine does before and after a replacement is part of it. */
const isStep = ({ op }: PreviewStep): boolean =>
  !["create-replacement", "delete-replaced", "read"].includes(op);

const summary = (steps: readonly PreviewStep[]): string[] =>
  steps
    .filter(isStep)
    .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ")}`)
    .sort();

(enginePresent ? describe : describe.skip)("under the engine", () => {
  let project: EngineProject;
  beforeAll(async () => {
    project = await EngineProject.create(program);
    await project.pulumi("config", "set", "aws:region", "eu-central-1");
    await project.pulumi("config", "set", "--path", "aws:defaultTags.tags.owner", "me");
    await project.pulumi("config", "set", "--secret", "pin", "0042-secret-pin");
  }, 60_000);
  afterAll(() => project?.remove());

  test("a stack is planned, made, kept, changed and removed", async () => {
    const created = await project.preview();
    expect(created.filter(isStep)).toHaveLength(13);
    const planned = created.find(({ urn }) => urn.includes("aws:dynamodb/table:Table::"))?.newState?.inputs;
    expect(planned).toMatchObject({
      serverSideEncryption: { enabled: true, kmsKeyArn: UNKNOWN },
      tagsAll: { owner: "me" },
    });

    expect(await project.up()).toMatch(/aws 7\.\S+ runs OFFLINE: AWS is not asked/);
    const outputs = await project.outputs();
    expect(outputs).toMatchObject({
      bucketName: expect.stringMatching(/^raw-[0-9a-f]{7}$/) as unknown,
      tableArn: expect.stringMatching(
        /^arn:aws:dynamodb:eu-central-1:123456789012:table\/latest-/,
      ) as unknown,
      queue: { url: expect.stringMatching(/^https:\/\/sqs\.eu-central-1\./) as unknown },
      isSecret: true,
    });
    expect((planned as { name?: unknown }).name).toBe(String(outputs["tableArn"]).split("/")[1]);

    const written = await project.backendText();
    expect(written).not.toContain("0042-secret-pin");
    expect(written).not.toContain(String(outputs["privateKey"]));

    expect(await project.up("--expect-no-changes")).toMatch(/unchanged/);
    await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");

    // In place: nothing that depends on the queue changes with it, as its address is known to stay.
    expect(summary(await project.preview("delay=5"))).toEqual(["update aws:sqs/queue:Queue dead"]);
    await project.up();
    expect(await project.outputs()).toMatchObject({ queue: outputs["queue"] });

    // Replaced: the table gets another name, and lives beside the old one for a while.
    expect(summary(await project.preview("hashKey=thing"))).toEqual([
      "replace aws:dynamodb/table:Table latest",
    ]);
    await project.up();
    const changed = await project.outputs();
    expect(changed["tableArn"]).not.toBe(outputs["tableArn"]);
    expect(changed["bucketName"]).toBe(outputs["bucketName"]);
    // What encrypts with the key is replaced or updated with it.
    expect(summary(await project.preview("multiRegion=true"))).toEqual([
      "replace aws:kms/key:Key lake",
      "update aws:dynamodb/table:Table latest",
      "update aws:kms/alias:Alias lake",
      "update aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration raw",
      "update aws:sqs/queue:Queue dead",
    ]);
    await project.pulumi("config", "rm", "multiRegion");

    await expect(project.preview("runtime=nodejs24")).rejects.toThrow(
      /'decoder' has a problem: runtime: must be one of "nodejs2\d\.x".*received "nodejs24"/,
    );

    await project.pulumi("destroy", "--yes", "--skip-preview");
    expect((await project.export()).deployment.resources ?? []).toEqual([]);
  }, 120_000);
});
