/** Queues, tables, secrets, parameters. */
import { account, key, secureTransport } from "./parts.ts";
import { json, ref, sound, type Sound } from "../stack.ts";

export const awsStores: Readonly<Record<string, readonly Sound[]>> = {
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
