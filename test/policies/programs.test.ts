/**
 * Small programs that are not ours, planned by the real engine with the offline providers: what the pack finds in each,
 * and nothing in those that are done right. One preview for all; a resource's name begins with its program's.
 */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Graph } from "../../policies/kit/graph.ts";
import { judge } from "../../policies/kit/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { EngineProject } from "../provider/offline/engine-project.ts";

const account = "123456789012";
const imports = `
  import * as apigateway from "@pulumi/aws/apigateway/index.js";
  import * as cloudfront from "@pulumi/aws/cloudfront/index.js";
  import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
  import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
  import * as ec2 from "@pulumi/aws/ec2/index.js";
  import * as iam from "@pulumi/aws/iam/index.js";
  import * as iot from "@pulumi/aws/iot/index.js";
  import * as kms from "@pulumi/aws/kms/index.js";
  import * as lambda from "@pulumi/aws/lambda/index.js";
  import * as lb from "@pulumi/aws/lb/index.js";
  import * as msk from "@pulumi/aws/msk/index.js";
  import * as opensearch from "@pulumi/aws/opensearch/index.js";
  import * as rds from "@pulumi/aws/rds/index.js";
  import * as s3 from "@pulumi/aws/s3/index.js";
  import * as secretsmanager from "@pulumi/aws/secretsmanager/index.js";
  import * as sfn from "@pulumi/aws/sfn/index.js";
  import * as sns from "@pulumi/aws/sns/index.js";
  import * as sqs from "@pulumi/aws/sqs/index.js";
  import { jsonStringify } from "@pulumi/pulumi";
  import * as storage from "@pulumi/azure-native/storage/index.js";
  import * as web from "@pulumi/azure-native/web/index.js";
  const trust = (service) => JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });
`;

interface Example {
  readonly program: string;
  /** Ids of the rules that it violates, sorted. */
  readonly finds: readonly string[];
}

const examples: Readonly<Record<string, Example>> = {
  site: {
    program: `
      const site = new s3.Bucket("site-files", { acl: "public-read" });
      new s3.BucketPolicy("site-policy", { bucket: site.id, policy: jsonStringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }] }) });`,
    finds: [
      "aws-policy-forbid-public-access",
      "aws-policy-name-resources",
      "aws-s3-block-public-access",
      "aws-s3-deny-old-tls",
      "aws-s3-deny-plain-transport",
      "aws-s3-forbid-customer-provided-keys",
      "aws-s3-forbid-public-acl",
      "aws-s3-require-customer-key",
      "aws-s3-require-versioning",
    ],
  },
  distribution: {
    program: `
      new cloudfront.Distribution("distribution-web", {
        enabled: true,
        origins: [{ originId: "o", domainName: "origin.example.com", customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1"] } }],
        defaultCacheBehavior: { targetOriginId: "o", viewerProtocolPolicy: "allow-all", allowedMethods: ["GET", "HEAD"], cachedMethods: ["GET", "HEAD"] },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      });`,
    finds: [
      "aws-cloudfront-require-origin-tls",
      "aws-cloudfront-require-tls-version",
      "aws-cloudfront-require-viewer-tls",
    ],
  },
  api: {
    program: `
      const apiRole = new iam.Role("api-role", { assumeRolePolicy: trust("lambda.amazonaws.com") });
      new iam.RolePolicy("api-rights", { role: apiRole.id, policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }] }) });
      const apiTable = new dynamodb.Table("api-table", { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST" });
      const apiFunction = new lambda.Function("api-function", { role: apiRole.arn, runtime: "nodejs22.x", handler: "i.h", s3Bucket: "b", s3Key: "k", environment: { variables: { TABLE: apiTable.name } } });
      new lambda.Permission("api-permission", { function: apiFunction.name, action: "lambda:InvokeFunction", principal: "apigateway.amazonaws.com" });
      new lambda.FunctionUrl("api-url", { functionName: apiFunction.name, authorizationType: "NONE" });`,
    finds: [
      "aws-dynamodb-require-customer-key",
      "aws-dynamodb-require-deletion-protection",
      "aws-dynamodb-require-recovery",
      "aws-iam-forbid-wildcard-actions",
      "aws-iam-forbid-wildcard-resources",
      "aws-lambda-forbid-open-call",
      "aws-lambda-forbid-open-url",
      "aws-lambda-require-customer-key-on-code",
      "aws-lambda-require-customer-key-on-settings",
      "aws-lambda-require-own-log-group",
    ],
  },
  kafka: {
    program: `
      new msk.Cluster("kafka-cluster", { kafkaVersion: "3.8.x", numberOfBrokerNodes: 3, brokerNodeGroupInfo: { instanceType: "kafka.m5.large", clientSubnets: ["s"], securityGroups: ["g"] }, encryptionInfo: { encryptionInTransit: { clientBroker: "TLS_PLAINTEXT" } } });`,
    finds: ["aws-msk-require-client-identity", "aws-msk-require-customer-key", "aws-msk-require-tls"],
  },
  queue: {
    program: `
      const queueMain = new sqs.Queue("queue-main", { sqsManagedSseEnabled: true });
      const queueTopic = new sns.Topic("queue-topic", {});
      new sns.TopicSubscription("queue-hook", { topic: queueTopic.arn, protocol: "http", endpoint: "http://hook.example.com" });`,
    finds: [
      "aws-sns-deny-plain-transport",
      "aws-sns-forbid-plain-subscription",
      "aws-sns-require-customer-key",
      "aws-sqs-deny-plain-transport",
      "aws-sqs-require-customer-key",
      "pack-forbid-plain-addresses",
    ],
  },
  database: {
    program: `
      new rds.Instance("database-main", { instanceClass: "db.t4g.micro", allocatedStorage: 20, engine: "postgres", username: "u", manageMasterUserPassword: true, publiclyAccessible: true, skipFinalSnapshot: true });
      new ec2.SecurityGroup("database-group", { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }] });`,
    finds: [
      "aws-ec2-forbid-open-group",
      "aws-rds-forbid-public-access",
      "aws-rds-require-customer-key",
      "aws-rds-require-recovery",
    ],
  },
  search: {
    program: `new opensearch.Domain("search-domain", { engineVersion: "OpenSearch_2.19", encryptAtRest: { enabled: true } });`,
    finds: [
      "aws-opensearch-require-customer-key",
      "aws-opensearch-require-tls",
      "aws-opensearch-require-tls-between-nodes",
    ],
  },
  devices: {
    program: `
      new iot.Policy("devices-policy", { policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iot:*", Resource: "*" }] }) });
      new iot.TopicRule("devices-rule", { name: "devices_rule", enabled: true, sql: "SELECT * FROM '#'", sqlVersion: "2016-03-23", https: [{ url: "http://sink.example.com" }] });`,
    finds: [
      "aws-iot-bind-policy-to-thing",
      "aws-iot-forbid-plain-rule-targets",
      "aws-iot-require-error-action",
      "pack-forbid-plain-addresses",
    ],
  },
  balancer: {
    program: `
      new lb.Listener("balancer-mqtt", { loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:${account}:loadbalancer/net/b/1", port: 1883, protocol: "TCP", defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:${account}:targetgroup/t/1" }] });`,
    finds: ["aws-lb-require-tls"],
  },
  workflow: {
    program: `
      const workflowRole = new iam.Role("workflow-role", { assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] }) });
      new sfn.StateMachine("workflow-machine", { roleArn: workflowRole.arn, definition: "{}" });
      new cloudwatch.EventBus("workflow-bus", {});
      new secretsmanager.Secret("workflow-secret", {});`,
    finds: [
      "aws-events-require-customer-key",
      "aws-iam-forbid-open-trust",
      "aws-secretsmanager-require-customer-key",
      "aws-secretsmanager-require-rotation",
      "aws-sfn-require-customer-key",
    ],
  },
  webapp: {
    program: `
      new web.WebApp("webapp-main", { resourceGroupName: "g", kind: "app", httpsOnly: false, siteConfig: { minTlsVersion: "1.0", ftpsState: "AllAllowed", appSettings: [{ name: "DB_PASSWORD", value: "hunter2" }] } });`,
    finds: [
      "azure-app-forbid-ftp",
      "azure-app-forbid-plain-secrets",
      "azure-app-require-https",
      "azure-app-require-tls-to-workers",
      "azure-app-require-tls-version",
    ],
  },
  blobs: {
    program: `
      new storage.StorageAccount("blobs", { resourceGroupName: "g", kind: "StorageV2", sku: { name: "Standard_LRS" }, allowBlobPublicAccess: true, minimumTlsVersion: "TLS1_0" });`,
    finds: [
      "azure-storage-close-network",
      "azure-storage-forbid-public-blobs",
      "azure-storage-forbid-shared-keys",
      "azure-storage-require-customer-key",
      "azure-storage-require-customer-key-on-queues",
      "azure-storage-require-double-encryption",
      "azure-storage-require-tls-version",
    ],
  },
  right: {
    program: `
      const rightKey = new kms.Key("right-key", { enableKeyRotation: true, policy: JSON.stringify({ Statement: [
        { Sid: "Administration", Effect: "Allow", Principal: { AWS: "arn:aws:iam::${account}:root" }, Action: "kms:*", Resource: "*" },
        { Sid: "Logs", Effect: "Allow", Principal: { Service: "logs.eu-central-1.amazonaws.com" }, Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*", Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:${account}:log-group:right-*" } } },
      ] }) });
      const rightQueue = new sqs.Queue("right-queue", { name: "right", kmsMasterKeyId: rightKey.arn });
      new sqs.QueuePolicy("right-queue-policy", { queueUrl: rightQueue.url, policy: JSON.stringify({ Statement: [{ Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "arn:aws:sqs:eu-central-1:${account}:right", Condition: { Bool: { "aws:SecureTransport": "false" } } }] }) });
      const rightData = new s3.Bucket("right-data", { bucket: "right-data-1" });
      new s3.BucketServerSideEncryptionConfiguration("right-encryption", { bucket: rightData.id, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: rightKey.arn }, bucketKeyEnabled: true, blockedEncryptionTypes: ["SSE-C"] }] });
      new s3.BucketPublicAccessBlock("right-block", { bucket: rightData.id, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
      new s3.BucketVersioning("right-versioning", { bucket: rightData.id, versioningConfiguration: { status: "Enabled" } });
      const rightResources = ["arn:aws:s3:::right-data-1", "arn:aws:s3:::right-data-1/*"];
      new s3.BucketPolicy("right-policy", { bucket: rightData.id, policy: JSON.stringify({ Statement: [
        { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: rightResources, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: rightResources, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      ] }) });
      const rightLogs = new cloudwatch.LogGroup("right-logs", { name: "right-logs", kmsKeyId: rightKey.arn, retentionInDays: 90 });
      const rightRole = new iam.Role("right-role", { assumeRolePolicy: trust("lambda.amazonaws.com") });
      new iam.RolePolicy("right-rights", { role: rightRole.id, policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::right-data-1/*" }] }) });
      new lambda.Function("right-function", { role: rightRole.arn, runtime: "nodejs22.x", handler: "i.h", s3Bucket: "b", s3Key: "k", sourceKmsKeyArn: rightKey.arn, loggingConfig: { logFormat: "JSON", logGroup: rightLogs.name }, deadLetterConfig: { targetArn: rightQueue.arn } });
      new dynamodb.Table("right-table", { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", serverSideEncryption: { enabled: true, kmsKeyArn: rightKey.arn }, pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: true });
      new msk.Cluster("right-kafka", { kafkaVersion: "3.8.x", numberOfBrokerNodes: 3, brokerNodeGroupInfo: { instanceType: "kafka.m5.large", clientSubnets: ["s"], securityGroups: ["g"] }, encryptionInfo: { encryptionAtRestKmsKeyArn: rightKey.arn, encryptionInTransit: { clientBroker: "TLS" } }, clientAuthentication: { sasl: { iam: true } } });
      new lb.Listener("right-listener", { loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:${account}:loadbalancer/net/b/1", port: 8883, protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", certificateArn: "arn:aws:acm:eu-central-1:${account}:certificate/c", defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:${account}:targetgroup/t/1" }] });
      new apigateway.DomainName("right-domain", { domainName: "api.example.com", securityPolicy: "TLS_1_2" });`,
    finds: [],
  },
};

let project: EngineProject;
let graph: Graph;
beforeAll(async () => {
  project = await EngineProject.create(
    [imports, ...Object.values(examples).map(({ program }) => program)].join("\n"),
  );
  await project.pulumi("config", "set", "aws:region", "eu-central-1");
  await project.pulumi("config", "set", "azure-native:location", "westeurope");
  graph = graphOfPreview(await project.pulumi("preview", "--json"));
}, 120_000);
afterAll(() => project.remove());

test.each(Object.entries(examples))("%s", (name, { finds }) => {
  const resources = graph.resources.filter((resource) => resource.name.startsWith(name));
  expect(resources.length).toBeGreaterThan(0);
  const { findings } = judge(new Graph(resources), rules);
  const violated = findings.filter(({ verdict }) => verdict === "fail").map(({ rule }) => rule.id);
  expect([...new Set(violated)].sort()).toEqual(finds);
});
