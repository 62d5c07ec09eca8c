/** Ways to pass a naive policy without being safe, each shown to be caught (notes: E01 to E28). */
import { expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import type { Exception } from "../../policies/kit/settings.ts";
import { defaultSettings } from "../../policies/kit/settings.ts";
import { canonicalType } from "../../policies/kit/types.ts";
import { rules } from "../../policies/rules/index.ts";
import { foreignKeys, key, keyArn } from "./support/aws.ts";
import { identity, vault, vaultUri } from "./support/azure.ts";
import { graphOf, notKnownYet, resource, type Extras, type Written } from "./support/stack.ts";

const today = "2026-11-25";
const verdictsOf = (
  id: string,
  stack: readonly Written[],
  exceptions: readonly Exception[] = [],
): readonly string[] =>
  judge(graphOf(stack), rules, { today, settings: { ...defaultSettings, exceptions } })
    .findings.filter(({ rule }) => rule.id === id)
    .map(({ verdict }) => verdict);
const caught = (id: string, ...stack: readonly Written[]): void => {
  if (!rules.some((rule) => rule.id === id)) throw new Error(`there is no rule ${id}`);
  expect([id, verdictsOf(id, stack)]).toEqual([id, expect.arrayContaining(["fail"])]);
};
const queue = (inputs: object, extras: Extras = {}): Written =>
  resource("aws:sqs/queue:Queue", inputs, { name: "queue", ...extras });
const bucket = (name = "data"): Written =>
  resource("aws:s3/bucket:Bucket", {}, { name, outputs: { bucket: name, arn: `arn:aws:s3:::${name}` } });
const encryptionOf = (name: string, rule: object): Written =>
  resource(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    { bucket: name, rules: [rule] },
    { name: `encryption-${name}` },
  );
const underKey = { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn } };
const policyOf = (statement: object, name = "policy"): Written =>
  resource(
    "aws:s3/bucketPolicy:BucketPolicy",
    { bucket: "data", policy: JSON.stringify({ Statement: [statement] }) },
    { name },
  );
const plainDenial = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

test("E01: what is not known is open, not passed; what else is wrong is still told", () => {
  expect(verdictsOf("aws-sqs-require-customer-key", [queue({ kmsMasterKeyId: notKnownYet })])).toEqual([
    "undetermined",
  ]);
  expect(
    verdictsOf("aws-sqs-require-customer-key", [
      key(),
      queue({ kmsMasterKeyId: notKnownYet }, { from: { kmsMasterKeyId: ["key"] } }),
    ]),
  ).toEqual(["pass"]);
  caught("aws-sqs-require-customer-key", queue({ kmsMasterKeyId: notKnownYet, sqsManagedSseEnabled: true }));
});
test.each(foreignKeys)("E02, E03: %j is no key of the customer", (foreign) => {
  caught("aws-sqs-require-customer-key", key(), queue({ kmsMasterKeyId: foreign }));
});
test("E04: an algorithm without a key", () => {
  caught(
    "aws-s3-require-customer-key",
    bucket(),
    encryptionOf("data", { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }),
  );
  caught(
    "aws-dynamodb-require-customer-key",
    resource("aws:dynamodb/table:Table", { serverSideEncryption: { enabled: true } }),
  );
  caught(
    "aws-ecr-require-customer-key",
    resource("aws:ecr/repository:Repository", { encryptionConfigurations: [{ encryptionType: "KMS" }] }),
  );
});
test("E05: a companion that is missing, for another bucket, or there twice", () => {
  caught("aws-s3-require-customer-key", bucket());
  caught("aws-s3-require-customer-key", key(), bucket(), encryptionOf("another", underKey));
  caught(
    "aws-s3-deny-plain-transport",
    bucket(),
    policyOf(plainDenial),
    policyOf({ ...plainDenial, Effect: "Allow" }, "second"),
  );
});
test.each([
  ["Allow", { Effect: "Allow" }],
  ["true", { Condition: { Bool: { "aws:SecureTransport": "true" } } }],
  ["half the bucket", { Resource: "arn:aws:s3:::data/*" }],
  ["one action", { Action: "s3:GetObject" }],
  [
    "one more condition",
    { Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:SourceVpc": "v" } } },
  ],
  ["NotPrincipal", { Principal: undefined, NotPrincipal: "*" }],
  ["BoolIfExists", { Condition: { BoolIfExists: { "aws:SecureTransport": "false" } } }],
])("E06: a denial of plain transport with %s denies nothing", (_, change) => {
  caught("aws-s3-deny-plain-transport", bucket(), policyOf({ ...plainDenial, ...change }));
});
test.each([
  ["aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"],
  ["aws:alb/listener:Listener", "aws:lb/listener:Listener"],
  ["aws:elasticloadbalancingv2/listener:Listener", "aws:lb/listener:Listener"],
  ["azure-native:storage/v20230101:StorageAccount", "azure-native:storage:StorageAccount"],
  ["azure-native_storage_v20240101:storage:StorageAccount", "azure-native:storage:StorageAccount"],
])("E07: %s is a %s", (token, canonical) => {
  expect(canonicalType(token)).toBe(canonical);
});
test("E08: every rule is mandatory; only configuration that is reviewed makes a stack advisory", () => {
  expect(defaultSettings).toEqual({
    minimumTlsVersion: "1.2",
    allowedKeyOwners: [],
    advisoryStacks: [],
    exceptions: [],
  });
});
test("E09: a store that nobody declared", () => {
  caught("aws-lambda-require-own-log-group", resource("aws:lambda/function:Function", { name: "decoder" }));
  caught(
    "azure-insights-require-workspace",
    resource("azure-native:applicationinsights:Component", { kind: "web" }),
  );
});
test("E10: second copies", () => {
  caught(
    "aws-dynamodb-require-customer-key-on-replicas",
    resource("aws:dynamodb/table:Table", { replicas: [{ regionName: "eu-west-1" }] }),
  );
  caught(
    "aws-secretsmanager-require-customer-key",
    key(),
    resource("aws:secretsmanager/secret:Secret", { kmsKeyId: keyArn, replicas: [{ region: "eu-west-1" }] }),
  );
  caught(
    "aws-firehose-require-customer-key-on-every-copy",
    key(),
    resource("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {
      extendedS3Configuration: { kmsKeyArn: keyArn, s3BackupConfiguration: {} },
    }),
  );
});
test("E11: what the provider fills in does not pass for what the program asked for", () => {
  caught(
    "aws-efs-require-customer-key",
    resource(
      "aws:efs/fileSystem:FileSystem",
      { encrypted: true },
      { outputs: { encrypted: true, kmsKeyId: keyArn } },
    ),
  );
});
test("E12: the second element", () => {
  caught(
    "aws-cloudfront-require-viewer-tls",
    resource("aws:cloudfront/distribution:Distribution", {
      defaultCacheBehavior: { viewerProtocolPolicy: "https-only" },
      orderedCacheBehaviors: [{ viewerProtocolPolicy: "https-only" }, { viewerProtocolPolicy: "allow-all" }],
    }),
  );
});
test.each(["Tls", "TLSv1", "1.10", "TLS1_10", "", undefined])(
  "E13: TLS version %j is not on the list",
  (version) => {
    caught(
      "azure-storage-require-tls-version",
      resource("azure-native:storage:StorageAccount", { minimumTlsVersion: version }),
    );
  },
);
test("E14: a key beside a switch that is off", () => {
  caught(
    "aws-opensearch-require-customer-key",
    key(),
    resource("aws:opensearch/domain:Domain", { encryptAtRest: { enabled: false, kmsKeyId: keyArn } }),
  );
  caught("aws-sqs-require-customer-key", queue({ kmsMasterKeyId: null }));
});
test("E15: the account's key without its queues and tables", () => {
  caught(
    "azure-storage-require-customer-key-on-queues",
    resource("azure-native:storage:StorageAccount", {
      encryption: { services: { table: { keyType: "Account" } } },
    }),
  );
});
test("E16: a tier that knows no key", () => {
  caught(
    "azure-eventhub-require-customer-key",
    vault(),
    resource("azure-native:eventhub:Namespace", {
      identity,
      sku: { name: "Standard" },
      encryption: {
        keySource: "Microsoft.KeyVault",
        keyVaultProperties: [{ keyName: "k", keyVaultUri: vaultUri }],
      },
    }),
  );
});
test("E17: a property that the API does not have is no key", () => {
  expect(
    verdictsOf("azure-iothub-require-customer-key", [
      resource("azure-native:iothub:IotHubResource", {
        properties: { encryption: { keySource: "Microsoft.KeyVault" } },
      }),
    ]),
  ).toEqual(["not-supported"]);
});
test.each(["Microsoft.Keyvault", "Microsoft.KeyVault", "microsoft.keyvault"])(
  "E18: %s is the customer's vault",
  (keySource) => {
    const account = resource("azure-native:storage:StorageAccount", {
      identity,
      encryption: {
        keySource,
        keyVaultProperties: { keyName: "k", keyVaultUri: vaultUri },
        encryptionIdentity: { encryptionUserAssignedIdentity: "/i" },
      },
    });
    expect(verdictsOf("azure-storage-require-customer-key", [vault(), account])).toEqual(["pass"]);
  },
);
test.each(["iot:Pub*", "iot:*", "iot:P?blish"])("E19: %s is a wildcard", (Action) => {
  const Resource = "arn:aws:iot:eu-central-1:1:topic/devices/${iot:Connection.Thing.ThingName}/telemetry";
  caught(
    "aws-iot-bind-policy-to-thing",
    resource("aws:iot/policy:Policy", { policy: { Statement: { Effect: "Allow", Action, Resource } } }),
  );
});
test.each(["topic/*", "topicfilter/#", "client/*", "topic/${iot:ClientId}"])(
  "E19: %s is anybody's",
  (path) => {
    const Resource = `arn:aws:iot:eu-central-1:1:${path}`;
    caught(
      "aws-iot-bind-policy-to-thing",
      resource("aws:iot/policy:Policy", {
        policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "iot:Publish", Resource }] }),
      }),
    );
  },
);
test("E20: plain side doors", () => {
  caught(
    "aws-sns-forbid-plain-subscription",
    resource("aws:sns/topicSubscription:TopicSubscription", { protocol: "http", endpoint: "http://sink" }),
  );
  caught(
    "aws-iot-require-kafka-tls",
    resource("aws:iot/topicRule:TopicRule", {
      kafkas: [{ clientProperties: { "security.protocol": "PLAINTEXT" } }],
    }),
  );
  caught("aws-lb-require-tls", resource("aws:lb/listener:Listener", { protocol: "TCP", port: 1883 }));
  caught(
    "pack-forbid-plain-addresses",
    resource("aws:appsync/dataSource:DataSource", { httpConfig: { endpoint: "http://backend" } }),
  );
});
test.each([
  "azure-native:resources:Deployment",
  "aws:cloudformation/stack:Stack",
  "command:local:Command",
  "pulumi-nodejs:dynamic:Resource",
])("E21: %s makes what nobody sees", (token) => {
  caught("pack-forbid-escape-hatches", resource(token, {}));
});
test.each([["kmsMasterKeyId"], ["*"]])("E22: ignoreChanges of %s keeps an old value", (ignored) => {
  caught(
    "aws-sqs-require-customer-key",
    key(),
    queue({ kmsMasterKeyId: keyArn }, { ignoreChanges: [ignored] }),
  );
});
test("E23: a weak key behind a right reference", () => {
  const weak = (inputs: object): Written =>
    resource("aws:kms/key:Key", inputs, { name: "key", outputs: { arn: keyArn } });
  caught("aws-kms-require-rotation", weak({}), queue({ kmsMasterKeyId: keyArn }));
  caught(
    "aws-kms-forbid-public-use",
    weak({ policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*" }] }) }),
    queue({ kmsMasterKeyId: keyArn }),
  );
  caught(
    "azure-keyvault-require-purge-protection",
    resource("azure-native:keyvault:Vault", { properties: {} }),
  );
});
test("E24: neither a name nor a tag exempts; only an exception with reason and end does", () => {
  caught("aws-sqs-require-customer-key", queue({ tags: { exempt: "true" } }, { name: "queue-test" }));
  const exception = {
    rule: "aws-sqs-require-customer-key",
    resource: "queue-*",
    reason: "r",
    compensatingControl: "c",
    expires: "2026-12-31",
  };
  const exempt = queue({}, { name: "queue-test" });
  expect(verdictsOf("aws-sqs-require-customer-key", [exempt], [exception])).toEqual(["not-supported"]);
  expect(
    verdictsOf("aws-sqs-require-customer-key", [exempt], [{ ...exception, expires: "2026-11-24" }]),
  ).toEqual(["fail"]);
});
test("E25: no rule changes anything unless it is asked to", () => {
  const levels = new Set(rules.filter(({ remediate }) => remediate !== undefined).map(({ id }) => id));
  expect(levels.size).toBeGreaterThan(3);
  caught("azure-app-require-https", resource("azure-native:web:WebApp", { httpsOnly: false }));
});
test("E26: a pinned version stops rotation", () => {
  caught(
    "azure-cosmosdb-require-customer-key",
    vault(),
    resource("azure-native:cosmosdb:DatabaseAccount", {
      identity,
      defaultIdentity: "UserAssignedIdentity=/i",
      keyVaultKeyUri: `${vaultUri}keys/k/0123456789abcdef0123456789abcdef`,
    }),
  );
});
test.each([["text"], [[]], [{}], [null], [7], [[null]], [[["deep"]]]])(
  "E27: %j where a rule expects another shape ends in verdicts",
  (odd) => {
    const names = [
      "rules",
      "policy",
      "encryption",
      "properties",
      "siteConfig",
      "replicas",
      "ingress",
      "serverSideEncryption",
      "errorAction",
      "kafkas",
      "origins",
      "viewerCertificate",
      "assumeRolePolicy",
      "customProperties",
      "topicTemplates",
      "volumes",
      "securityRules",
    ];
    const inputs = Object.fromEntries(names.map((name) => [name, odd]));
    const types = [...new Set(rules.flatMap((rule) => rule.types))].filter((type) => !type.includes("*"));
    const stack = types.map((type, index) => resource(type, inputs, { name: `odd-${index}` }));
    const { findings } = judge(graphOf(stack), rules, { today });
    expect(findings.length).toBeGreaterThan(types.length);
    const unread = findings.flatMap(({ checks }) =>
      checks.filter(({ found }) => found.includes("can't read")),
    );
    expect(unread).toEqual([]);
  },
);
test("E28: a secret in plain settings", () => {
  caught(
    "azure-app-forbid-plain-secrets",
    resource("azure-native:web:WebApp", {
      siteConfig: { appSettings: [{ name: "DB_PASSWORD", value: "hunter2" }] },
    }),
  );
  caught(
    "aws-lambda-forbid-plain-secrets",
    resource("aws:lambda/function:Function", { environment: { variables: { DB_PASSWORD: "hunter2" } } }),
  );
  caught(
    "aws-batch-require-tls-and-secrets",
    resource("aws:batch/jobDefinition:JobDefinition", {
      containerProperties: JSON.stringify({ environment: [{ name: "API_TOKEN", value: "x" }] }),
    }),
  );
});
