import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { keyed, ownKeyHere, weakened } from "../support/weakened.ts";
import { keyArn } from "../support/aws.ts";

const policy = (value: unknown, type = "network"): Written =>
  resource("aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", {
    type,
    policy: typeof value === "string" ? value : JSON.stringify(value),
  });
const closed = { Rules: [], AllowFromPublic: false, SourceVPCEs: ["vpce-1"] };
const ages = (...rules: readonly object[]): Written =>
  resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", { bucket: "b", rules });
const ending = (noncurrentDays: unknown) => ({
  id: "old",
  status: "Enabled",
  noncurrentVersionExpiration: { noncurrentDays },
});

export const awsServiceCases: RuleCases = {
  "aws-neptune-require-customer-key": keyed(
    "aws:neptune/cluster:Cluster",
    "kmsKeyArn",
    { storageEncrypted: true },
    {
      storageEncrypted: [false],
    },
  ),
  "aws-redshift-require-customer-key": keyed(
    "aws:redshift/cluster:Cluster",
    "kmsKeyId",
    { encrypted: "true" },
    {
      encrypted: ["false", false],
    },
  ),
  "aws-dms-require-customer-key": keyed("aws:dms/replicationInstance:ReplicationInstance", "kmsKeyArn"),
  "aws-sagemaker-require-customer-key-on-jobs": weakened({
    token: "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    inputs: {
      dataQualityJobOutputConfig: { kmsKeyId: keyArn },
      jobResources: { clusterConfig: { volumeKmsKeyId: keyArn } },
    },
    weak: {
      "dataQualityJobOutputConfig.kmsKeyId": ownKeyHere,
      "jobResources.clusterConfig.volumeKmsKeyId": ownKeyHere,
    },
  }),
  "aws-opensearchserverless-forbid-public-access": {
    compliant: [policy([closed]), policy(closed), policy([closed, closed])],
    violating: [
      policy([{ ...closed, AllowFromPublic: true }]),
      policy([closed, { ...closed, AllowFromPublic: true }]),
      policy([{ ...closed, AllowFromPublic: "true" }]),
      policy("no JSON"),
    ],
    absent: [policy([{ Rules: [] }]), policy([])],
    unknown: [policy(notKnownYet)],
  },
  "aws-s3-keep-versions-a-week": {
    compliant: [ages(ending(7)), ages(ending(90), { id: "parts", status: "Enabled" })],
    violating: [ages(ending(1)), ages(ending(30), ending(6))],
    absent: [ages({ id: "old", status: "Enabled", noncurrentVersionExpiration: {} })],
    unknown: [ages(ending(notKnownYet))],
  },
  "aws-dynamodb-require-recovery-of-replicas": weakened({
    token: "aws:dynamodb/tableReplica:TableReplica",
    inputs: { pointInTimeRecovery: true },
    weak: { pointInTimeRecovery: [false] },
  }),
  "aws-cloudtrail-protect-event-store": weakened({
    token: "aws:cloudtrail/eventDataStore:EventDataStore",
    inputs: { terminationProtectionEnabled: true, retentionPeriod: 365 },
    optional: { terminationProtectionEnabled: [false], retentionPeriod: [0, 1, 89] },
  }),
};
