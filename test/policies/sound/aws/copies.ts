/** Second copies, and objects that a program writes itself. */
import { account, bucket, key, logBucket, role } from "./parts.ts";
import { json, ref, sound, type Sound } from "../stack.ts";

const administration = {
  Sid: "Administration",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: "kms:*",
  Resource: "*",
};
const reader = (action: string, resource: string) => ({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:role/reader` },
  Action: action,
  Resource: resource,
});

export const awsCopies: Readonly<Record<string, readonly Sound[]>> = {
  "copies in another region": [
    key(),
    ...logBucket(),
    ...bucket("data"),
    role("copier", "s3.amazonaws.com"),
    sound("aws:kms/replicaKey:ReplicaKey", "key-copy", {
      primaryKeyArn: ref("key"),
      deletionWindowInDays: 30,
      policy: json(administration),
    }),
    sound("aws:kms/externalKey:ExternalKey", "own-material", {
      deletionWindowInDays: 30,
      policy: json(administration),
    }),
    sound("aws:kms/key:Key", "policed", {
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    }),
    sound("aws:kms/keyPolicy:KeyPolicy", "key-policy", {
      keyId: ref("policed", "id"),
      policy: json(administration),
    }),
    sound("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "data-copy", {
      bucket: ref("data", "id"),
      role: ref("copier"),
      rules: [
        {
          status: "Enabled",
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: "arn:aws:s3:::data-copy",
            encryptionConfiguration: { replicaKmsKeyId: ref("key-copy") },
          },
        },
      ],
    }),
    sound("aws:s3/bucketAcl:BucketAcl", "data-acl", { bucket: ref("data", "id"), acl: "private" }),
    sound("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "data-age", {
      bucket: ref("data", "id"),
      rules: [{ id: "old", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 90 } }],
    }),
    sound("aws:s3/bucketObjectv2:BucketObjectv2", "script", {
      bucket: ref("data", "id"),
      key: "job.py",
      content: "print(1)",
      serverSideEncryption: "aws:kms",
      kmsKeyId: ref("key"),
    }),
    sound("aws:s3/bucketObject:BucketObject", "old-script", {
      bucket: ref("data", "id"),
      key: "old.py",
      content: "print(1)",
    }),
    sound("aws:s3/objectCopy:ObjectCopy", "script-copy", {
      bucket: ref("data", "id"),
      key: "copy.py",
      source: "data/job.py",
      kmsKeyId: ref("key"),
    }),
    sound("aws:dynamodb/tableReplica:TableReplica", "table-copy", {
      globalTableArn: `arn:aws:dynamodb:eu-central-1:${account}:table/latest`,
      kmsKeyArn: ref("key-copy"),
      pointInTimeRecovery: true,
    }),
    sound("aws:cloudtrail/eventDataStore:EventDataStore", "audit", {
      kmsKeyId: ref("key"),
      retentionPeriod: 365,
      terminationProtectionEnabled: true,
    }),
  ],
  "who reads what of another's": [
    key(),
    sound("aws:iam/policy:Policy", "read-lake", {
      policy: json({ Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::data/*" }),
    }),
    sound("aws:iam/userPolicy:UserPolicy", "operator", {
      user: "operator",
      policy: json({ Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::data" }),
    }),
    sound("aws:iam/groupPolicy:GroupPolicy", "operators", {
      group: "operators",
      policy: json({
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: ref("key"),
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
      }),
    }),
    sound("aws:secretsmanager/secretPolicy:SecretPolicy", "password-policy", {
      secretArn: `arn:aws:secretsmanager:eu-central-1:${account}:secret:password`,
      policy: json(reader("secretsmanager:GetSecretValue", "*")),
      blockPublicPolicy: true,
    }),
    sound("aws:ecr/repositoryPolicy:RepositoryPolicy", "images-policy", {
      repository: "images",
      policy: json({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:role/reader` },
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      }),
    }),
    sound("aws:opensearch/domainPolicy:DomainPolicy", "search-policy", {
      domainName: "search",
      accessPolicies: json(reader("es:ESHttpGet", `arn:aws:es:eu-central-1:${account}:domain/search/*`)),
    }),
    sound("aws:glue/resourcePolicy:ResourcePolicy", "catalog-policy", {
      policy: json(reader("glue:GetTable", `arn:aws:glue:eu-central-1:${account}:table/plant/*`)),
    }),
    sound("aws:kinesis/resourcePolicy:ResourcePolicy", "stream-policy", {
      resourceArn: `arn:aws:kinesis:eu-central-1:${account}:stream/messages`,
      policy: json(reader("kinesis:GetRecords", `arn:aws:kinesis:eu-central-1:${account}:stream/messages`)),
    }),
    sound("aws:dynamodb/resourcePolicy:ResourcePolicy", "table-policy", {
      resourceArn: `arn:aws:dynamodb:eu-central-1:${account}:table/latest`,
      policy: json(reader("dynamodb:GetItem", `arn:aws:dynamodb:eu-central-1:${account}:table/latest`)),
    }),
    sound("aws:backup/vaultPolicy:VaultPolicy", "vault-policy", {
      backupVaultName: "backups",
      policy: json({
        Effect: "Deny",
        Principal: "*",
        Action: "backup:DeleteRecoveryPoint",
        Resource: "*",
      }),
    }),
  ],
};
