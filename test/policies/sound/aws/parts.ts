/** Keys, roles, buckets, queues that well-configured stacks have in common. */
import { json, ref, sound, type Sound } from "../stack.ts";

export const account = "123456789012";
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
export const bucketDenials = (name: string) => [
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

export const trust = (service: string) =>
  json({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  });
export const role = (name: string, service: string): Sound =>
  sound("aws:iam/role:Role", name, { assumeRolePolicy: trust(service), maxSessionDuration: 3600 });
export const logsKey = (): Sound =>
  key("logs-key", {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: "logs.eu-central-1.amazonaws.com" },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-central-1:${account}:log-group:*` },
    },
  });
export const logGroup = (name: string, path: string): Sound =>
  sound("aws:cloudwatch/logGroup:LogGroup", name, {
    name: path,
    kmsKeyId: ref("logs-key"),
    retentionInDays: 365,
  });
export const queue = (name: string): Sound =>
  sound("aws:sqs/queue:Queue", name, {
    name,
    kmsMasterKeyId: ref("key"),
    policy: json(secureTransport("sqs:*", `arn:aws:sqs:eu-central-1:${account}:${name}`)),
  });
/** What clusters of EMR keep and send, under the key and in TLS. */
export const emrSecurity = (name: string): Sound =>
  sound("aws:emr/securityConfiguration:SecurityConfiguration", name, {
    configuration: JSON.stringify({
      EncryptionConfiguration: {
        EnableAtRestEncryption: true,
        EnableInTransitEncryption: true,
        AtRestEncryptionConfiguration: {
          S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: ref("key") },
          LocalDiskEncryptionConfiguration: {
            EncryptionKeyProviderType: "AwsKms",
            AwsKmsKey: ref("key"),
            EnableEbsEncryption: true,
          },
        },
        InTransitEncryptionConfiguration: {
          TLSCertificateConfiguration: { CertificateProviderType: "PEM", S3Object: "s3://work/certs.zip" },
        },
      },
    }),
  });
