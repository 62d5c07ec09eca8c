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
import * as authorization from "@pulumi/azure-native/authorization/index.js";
import * as eventgrid from "@pulumi/azure-native/eventgrid/index.js";
import * as eventhub from "@pulumi/azure-native/eventhub/index.js";
import * as keyvault from "@pulumi/azure-native/keyvault/index.js";
import * as managedidentity from "@pulumi/azure-native/managedidentity/index.js";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights/index.js";
import * as resources from "@pulumi/azure-native/resources/index.js";
import * as storage from "@pulumi/azure-native/storage/index.js";

const config = new pulumi.Config();
const owner = getCallerIdentityOutput().accountId;
const key = new kms.Key("lake", {
  enableKeyRotation: true,
  policy: iam.getPolicyDocumentOutput({ statements: [{
    actions: ["kms:*"], resources: ["*"],
    principals: [{ type: "AWS", identifiers: [pulumi.interpolate\`arn:aws:iam::\${owner}:root\`] }],
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
  role: role.arn, runtime: "nodejs24.x", handler: "index.handler",
  code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("export {}") }),
  deadLetterConfig: { targetArn: dead.arn }, environment: { variables: { PIN: config.requireSecret("pin") } },
});
const certificate = new iot.Certificate("press-01", { active: true });
const thing = new iot.Thing("press-01", { name: "press-01" });

const client = authorization.getClientConfigOutput();
const group = new resources.ResourceGroup("iot");
const inGroup = { resourceGroupName: group.name };
const identity = new managedidentity.UserAssignedIdentity("lake", inGroup);
const vault = new keyvault.Vault("keys", { ...inGroup, properties: {
  tenantId: client.tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true } });
const vaultKey = new keyvault.Key("lake", { ...inGroup, vaultName: vault.name, properties: { kty: "RSA", keySize: 4096 } });
const account = new storage.StorageAccount("raw", {
  ...inGroup, kind: "StorageV2", sku: { name: "Standard_LRS" },
  allowSharedKeyAccess: false, isHnsEnabled: config.getBoolean("tree") ?? false,
  minimumTlsVersion: "TLS1_2",
  identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
  encryption: { keySource: "Microsoft.Keyvault", encryptionIdentity: { encryptionUserAssignedIdentity: identity.id },
    keyVaultProperties: { keyName: vaultKey.name, keyVaultUri: vault.properties.vaultUri } },
});
new storage.BlobContainer("curated", { ...inGroup, accountName: account.name });
new authorization.RoleAssignment("lake", {
  scope: account.id, principalId: identity.principalId, principalType: "ServicePrincipal",
  roleDefinitionId: pulumi.interpolate\`/subscriptions/\${client.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/x\`,
});
const broker = new eventgrid.Namespace("mqtt", { ...inGroup, identity: { type: "SystemAssigned" },
  topicSpacesConfiguration: { state: "Enabled" }, tags: { tier: config.get("tier") ?? "dev" } });
new eventgrid.TopicSpace("devices", { ...inGroup, namespaceName: broker.name,
  topicTemplates: ["devices/\${client.authenticationName}/#"] });
const hubs = new eventhub.Namespace("stream", { ...inGroup, sku: { name: "Standard" } });
new eventhub.EventHub("telemetry", { ...inGroup, namespaceName: hubs.name, partitionCount: 4 });
new operationalinsights.Workspace("logs", inGroup);
export const azure = { group: group.name, account: account.id, blob: account.primaryEndpoints.blob,
  host: broker.topicSpacesConfiguration.apply((settings) => settings?.hostname),
  principal: broker.identity.apply((own) => own?.principalId) };
export const bucketName = bucket.bucket, tableArn = latest.arn, decoderArn = decoder.arn;
export const queue = { url: dead.url, arn: dead.arn };
export const privateKey = certificate.privateKey;
export const isSecret = pulumi.isSecret(certificate.privateKey);
`;

const enginePresent = await available("pulumi", ["version"]);
if (!enginePresent)
  console.warn("no pulumi on PATH: the offline cloud providers are not tried with the engine");

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

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
    const plain = [
      "aws:region=eu-central-1",
      "aws:defaultTags.tags.owner=me",
      "azure-native:location=westeurope",
    ];
    const settings = plain.flatMap((setting) => ["--plaintext", setting]);
    await project.pulumi("config", "set-all", "--path", ...settings, "--secret", "pin=0042-secret-pin");
  }, 60_000);
  afterAll(() => project?.remove());

  test("a stack is planned, made, kept, changed and removed", async () => {
    const created = await project.preview();
    expect(created.filter(isStep)).toHaveLength(25);
    const inputsOf = (type: string) => created.find(({ urn }) => urn.includes(`${type}::`))?.newState?.inputs;
    const planned = inputsOf("aws:dynamodb/table:Table");
    expect(planned).toMatchObject({
      serverSideEncryption: { enabled: true, kmsKeyArn: UNKNOWN },
      tagsAll: { owner: "me" },
    });
    expect(inputsOf("azure-native:storage:StorageAccount")).toMatchObject({
      allowSharedKeyAccess: false,
      encryption: UNKNOWN,
      location: "westeurope",
    });

    const told = await project.up();
    expect(told).toMatch(/aws 7\.\S+ runs OFFLINE: AWS is not asked/);
    expect(told).toMatch(/azure-native 3\.\S+ runs OFFLINE: Azure is not asked/);
    const outputs = await project.outputs();
    expect(outputs).toMatchObject({
      bucketName: matching(/^raw-[0-9a-f]{7}$/),
      tableArn: matching(/^arn:aws:dynamodb:eu-central-1:123456789012:table\/latest-/),
      queue: { url: matching(/^https:\/\/sqs\.eu-central-1\./) },
      isSecret: true,
      azure: {
        group: matching(/^iot[0-9a-f]{8}$/),
        blob: matching(/^https:\/\/raw[0-9a-f]{8}\.blob\.core\.windows\.net\/$/),
        host: matching(/^mqtt[0-9a-f]{8}\.westeurope-1\.ts\.eventgrid\.azure\.net$/),
        principal: matching(/^[0-9a-f-]{36}$/),
      },
    });
    // The name that the plan showed is the name that was given.
    expect((planned as { name?: unknown }).name).toBe(String(outputs["tableArn"]).split("/")[1]);

    const written = await project.backendText();
    expect(written).not.toContain("0042-secret-pin");
    expect(written).not.toContain(String(outputs["privateKey"]));

    expect(await project.up("--refresh", "--expect-no-changes")).toMatch(/25 unchanged/);

    // In place: nothing that depends on the queue and the broker changes with them, as their addresses are known to
    // stay. Replaced: what is made anew, and what stands below it or is bound to it.
    const changes = ["delay=5", "tier=prod", "hashKey=thing", "tree=true"];
    expect(summary(await project.preview(...changes))).toEqual([
      "replace aws:dynamodb/table:Table latest",
      "replace azure-native:authorization:RoleAssignment lake",
      "replace azure-native:storage:BlobContainer curated",
      "replace azure-native:storage:StorageAccount raw",
      "update aws:sqs/queue:Queue dead",
      "update azure-native:eventgrid:Namespace mqtt",
    ]);
    await project.up();
    const { tableArn, azure, ...others } = await project.outputs();
    const { tableArn: oldTable, azure: oldAzure, ...same } = outputs;
    expect(others).toEqual(same);
    expect(tableArn).not.toBe(oldTable);
    expect(azure).toMatchObject({ ...(oldAzure as object), account: matching(/raw/), blob: matching(/raw/) });
    expect(azure).not.toEqual(oldAzure);

    await project.pulumi("destroy", "--yes", "--skip-preview");
    expect((await project.export()).deployment.resources ?? []).toEqual([]);
  }, 300_000);
});
