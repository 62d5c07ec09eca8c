/** Keys, buckets, queues, topics, tables, secrets: well configured, in the forms that their providers offer. */
import { json, ref, sound, type Sound } from "./stack.ts";

const account = "123456789012";
/** The administration of a key: the account itself, as AWS's own default. */
const administration = {
  Sid: "Administration",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: "kms:*",
  Resource: "*",
};
export const key = (name = "key", ...more: readonly object[]): Sound =>
  sound("aws:kms/key:Key", name, {
    description: "data at rest",
    enableKeyRotation: true,
    rotationPeriodInDays: 365,
    deletionWindowInDays: 30,
    policy: json(administration, ...more),
  });
/** A denial of plain transport for everybody. */
export const secureTransport = (action: string, ...resources: readonly string[]) => ({
  Sid: "DenyPlainText",
  Effect: "Deny",
  Principal: "*",
  Action: action,
  Resource: resources.length === 1 ? resources[0] : resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const bucketDenials = (name: string) => [
  secureTransport("s3:*", ref(name), `${ref(name)}/*`),
  {
    Sid: "DenyOldTls",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["s3:*"],
    Resource: [ref(name), `${ref(name)}/*`],
    Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } },
  },
];
/** A bucket with everything in resources of its own. */
export const bucket = (name: string, withKey = "key"): readonly Sound[] => [
  sound("aws:s3/bucket:Bucket", name, { bucket: name, forceDestroy: false }, { id: name }),
  sound(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    `${name}-encryption`,
    {
      bucket: ref(name, "id"),
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: ref(withKey) },
          bucketKeyEnabled: true,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
  ),
  sound("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `${name}-access`, {
    bucket: ref(name, "id"),
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
  sound("aws:s3/bucketOwnershipControls:BucketOwnershipControls", `${name}-owner`, {
    bucket: ref(name, "id"),
    rule: { objectOwnership: "BucketOwnerEnforced" },
  }),
  sound("aws:s3/bucketVersioning:BucketVersioning", `${name}-versions`, {
    bucket: ref(name, "id"),
    versioningConfiguration: { status: "Enabled" },
  }),
  sound("aws:s3/bucketPolicy:BucketPolicy", `${name}-policy`, {
    bucket: ref(name, "id"),
    policy: json(...bucketDenials(name)),
  }),
  sound("aws:s3/bucketLogging:BucketLogging", `${name}-logging`, {
    bucket: ref(name, "id"),
    targetBucket: ref("logs", "id"),
    targetPrefix: `${name}/`,
  }),
];
/** A target of access logs: S3's own key is all that S3 takes there. */
export const logBucket = (): readonly Sound[] => [
  sound("aws:s3/bucket:Bucket", "logs", { bucket: "logs" }, { id: "logs" }),
  sound(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "logs-encryption",
    {
      bucket: ref("logs", "id"),
      rules: [
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, blockedEncryptionTypes: ["SSE-C"] },
      ],
    },
  ),
  sound("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "logs-access", {
    bucket: ref("logs", "id"),
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
  sound("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "logs-owner", {
    bucket: ref("logs", "id"),
    rule: { objectOwnership: "BucketOwnerEnforced" },
  }),
  sound("aws:s3/bucketVersioning:BucketVersioning", "logs-versions", {
    bucket: ref("logs", "id"),
    versioningConfiguration: { status: "Enabled" },
  }),
  sound("aws:s3/bucketPolicy:BucketPolicy", "logs-policy", {
    bucket: ref("logs", "id"),
    policy: json(...bucketDenials("logs"), {
      Sid: "AccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${ref("logs")}/*`,
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    }),
  }),
];

export const awsCore: Readonly<Record<string, readonly Sound[]>> = {
  "buckets in parts": [key(), ...logBucket(), ...bucket("data")],
  "a bucket in one resource, the key by an alias of the customer's": [
    key(),
    sound(
      "aws:kms/alias:Alias",
      "alias",
      { name: "alias/plant", targetKeyId: ref("key") },
      { arn: `arn:aws:kms:eu-central-1:${account}:alias/plant` },
    ),
    ...logBucket(),
    sound(
      "aws:s3/bucketV2:BucketV2",
      "data",
      {
        bucket: "data",
      },
      { id: "data" },
    ),
    ...bucket("data", "alias").slice(1),
  ],
  "an older bucket with its encryption and versions within": [
    key(),
    ...logBucket(),
    sound(
      "aws:s3/bucket:Bucket",
      "data",
      {
        bucket: "data",
        acl: "private",
        serverSideEncryptionConfiguration: {
          rule: {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: ref("key") },
            bucketKeyEnabled: true,
            blockedEncryptionTypes: ["SSE-C"],
          },
        },
        versioning: { enabled: true },
        logging: { targetBucket: ref("logs", "id"), targetPrefix: "data/" },
        policy: JSON.stringify({ Version: "2012-10-17", Statement: [...bucketDenials("data")] }),
      },
      { id: "data" },
    ),
    ...bucket("data").filter(({ name }) => /access|owner/.test(name)),
  ],
  "a queue and its dead letters": [
    key("key", {
      Sid: "Queue",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    }),
    sound("aws:sqs/queue:Queue", "dead", {
      name: "dead",
      kmsMasterKeyId: ref("key"),
      messageRetentionSeconds: 1209600,
      policy: json(secureTransport("sqs:*", "*")),
    }),
    sound(
      "aws:sqs/queue:Queue",
      "orders",
      {
        name: "orders",
        kmsMasterKeyId: ref("key"),
        kmsDataKeyReusePeriodSeconds: 300,
        redrivePolicy: `{"deadLetterTargetArn":"${ref("dead")}","maxReceiveCount":5}`,
      },
      {
        url: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
        id: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
      },
    ),
    sound("aws:sqs/queuePolicy:QueuePolicy", "orders-policy", {
      queueUrl: ref("orders", "id"),
      policy: json(secureTransport("sqs:*", ref("orders")), {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: ref("orders"),
        Condition: { ArnEquals: { "aws:SourceArn": ref("alerts") } },
      }),
    }),
    sound("aws:sns/topic:Topic", "alerts", { kmsMasterKeyId: ref("key"), signatureVersion: 2 }),
    sound("aws:sns/topicPolicy:TopicPolicy", "alerts-policy", {
      arn: ref("alerts"),
      policy: json(secureTransport("sns:Publish", ref("alerts")), {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: ref("alerts"),
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      }),
    }),
    sound("aws:sns/topicSubscription:TopicSubscription", "alerts-queue", {
      topic: ref("alerts"),
      protocol: "sqs",
      endpoint: ref("orders"),
    }),
    sound("aws:sns/topicSubscription:TopicSubscription", "alerts-hook", {
      topic: ref("alerts"),
      protocol: "https",
      endpoint: "https://pager.example.com/hook",
    }),
  ],
  "tables, secrets, parameters": [
    key(),
    sound("aws:dynamodb/table:Table", "latest", {
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      serverSideEncryption: { enabled: true, kmsKeyArn: ref("key") },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      deletionProtectionEnabled: true,
    }),
    sound("aws:secretsmanager/secret:Secret", "password", { kmsKeyId: ref("key"), recoveryWindowInDays: 30 }),
    sound("aws:secretsmanager/secretRotation:SecretRotation", "password-rotation", {
      secretId: ref("password", "id"),
      rotationLambdaArn: `arn:aws:lambda:eu-central-1:${account}:function:rotate`,
      rotationRules: { automaticallyAfterDays: 30 },
    }),
    sound("aws:ssm/parameter:Parameter", "token", {
      name: "/plant/token",
      type: "SecureString",
      keyId: ref("key"),
      value: "x",
    }),
    sound("aws:ecr/repository:Repository", "images", {
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: ref("key") }],
    }),
    sound("aws:cloudwatch/logGroup:LogGroup", "app-logs", {
      name: "/plant/app",
      kmsKeyId: ref("logs-key"),
      retentionInDays: 365,
    }),
    key("logs-key", {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: "logs.eu-central-1.amazonaws.com" },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-central-1:${account}:log-group:/plant/*`,
        },
      },
    }),
    sound("aws:rds/instance:Instance", "db", {
      instanceClass: "db.t4g.medium",
      engine: "postgres",
      storageEncrypted: true,
      kmsKeyId: ref("key"),
      publiclyAccessible: false,
      backupRetentionPeriod: 14,
      deletionProtection: true,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: ref("key"),
      username: "plant",
    }),
    sound("aws:backup/vault:Vault", "backups", { kmsKeyArn: ref("key") }),
    sound("aws:ebs/volume:Volume", "disk", {
      availabilityZone: "eu-central-1a",
      size: 10,
      encrypted: true,
      kmsKeyId: ref("key"),
    }),
    sound("aws:efs/fileSystem:FileSystem", "files", { encrypted: true, kmsKeyId: ref("key") }),
    sound("aws:elasticache/replicationGroup:ReplicationGroup", "cache", {
      description: "cache",
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      kmsKeyId: ref("key"),
    }),
    sound("aws:s3tables/tableBucket:TableBucket", "tables", {
      name: "tables",
      encryptionConfiguration: { sseAlgorithm: "aws:kms", kmsKeyArn: ref("key") },
    }),
  ],
};
