import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Extras, type Written } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const ours: Extras = { component: "fieldlake:aws:EncryptedLake" };
const bucket = (inputs: object = {}, extras: Extras = {}): Written =>
  resource("aws:s3/bucket:Bucket", inputs, { name: "data", outputs: { bucket: "data-1" }, ...extras });
const companion = (token: string, inputs: object, extras: Extras = {}): Written =>
  resource(`aws:s3/${token}`, { bucket: "data-1", ...inputs }, { name: "companion", ...extras });
const block = (change: object = {}, bucketName = "data-1"): Written =>
  companion("bucketPublicAccessBlock:BucketPublicAccessBlock", {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
    ...change,
    bucket: bucketName,
  });
const versioning = (status: unknown): Written =>
  companion("bucketVersioning:BucketVersioning", { versioningConfiguration: { status } });
const ownership = (objectOwnership: unknown): Written =>
  companion("bucketOwnershipControls:BucketOwnershipControls", { rule: { objectOwnership } });
const logging = (inputs: object): Written => companion("bucketLogging:BucketLogging", inputs);

export const awsBucketProtectionCases: RuleCases = {
  "aws-s3-block-public-access": {
    compliant: [[bucket(), block()]],
    violating: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].flatMap(
      (name) => [
        [bucket(), block({ [name]: false })],
        [bucket(), block({ [name]: undefined })],
      ],
    ),
    absent: [bucket(), [bucket(), block({}, "another")]],
    unknown: [
      [bucket(), block({ blockPublicAcls: notKnownYet })],
      [bucket(), block({}, notKnownYet)],
    ],
  },
  "aws-s3-forbid-public-acl": {
    compliant: [bucket({ acl: "private" }), bucket()],
    violating: [
      bucket({ acl: "public-read" }),
      bucket({ acl: "public-read-write" }),
      bucket({ acl: "authenticated-read" }),
      resource("aws:s3/bucketAcl:BucketAcl", { bucket: "b", acl: "public-read" }),
      resource("aws:s3/bucketAcl:BucketAcl", {
        accessControlPolicy: {
          grants: [
            {
              permission: "READ",
              grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" },
            },
          ],
        },
      }),
    ],
    absent: "is right",
    unknown: [bucket({ acl: notKnownYet })],
  },
  "aws-s3-forbid-access-lists": {
    compliant: [[bucket({}, ours), ownership("BucketOwnerEnforced")]],
    violating: [[bucket({}, ours), ownership("ObjectWriter")]],
    absent: [bucket({}, ours)],
    unknown: [[bucket({}, ours), ownership(notKnownYet)]],
  },
  "aws-s3-require-versioning": {
    compliant: [[bucket(), versioning("Enabled")], bucket({ versioning: { enabled: true } })],
    violating: [
      [bucket(), versioning("Suspended")],
      [bucket(), versioning("Disabled")],
      bucket({ versioning: { enabled: false } }),
    ],
    absent: [bucket()],
    unknown: [[bucket(), versioning(notKnownYet)]],
  },
  "aws-s3-forbid-forced-deletion": {
    compliant: [bucket(), bucket({ forceDestroy: false })],
    violating: [bucket({ forceDestroy: true })],
    absent: "is right",
    unknown: [bucket({ forceDestroy: notKnownYet })],
  },
  "aws-s3-require-access-log": {
    compliant: [[bucket({}, ours), logging({ targetBucket: "logs" })]],
    violating: [[bucket({}, ours), logging({ targetBucket: "" })]],
    absent: [bucket({}, ours)],
    unknown: [[bucket({}, ours), logging({ bucket: notKnownYet, targetBucket: "logs" })]],
  },
};

const mine = (
  token: string,
  right: object,
  wrong: object,
  absent: object,
  unknown: object,
  name?: string,
): Cases => {
  const one = (inputs: object) =>
    resource(token, inputs, { ...ours, ...(name === undefined ? {} : { name }) });
  return { compliant: [one(right)], violating: [one(wrong)], absent: [one(absent)], unknown: [one(unknown)] };
};
const open = { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] };

const loggedFirehose = (change: object): Written =>
  resource(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    {
      extendedS3Configuration: {
        cloudwatchLoggingOptions: { enabled: true, logGroupName: "logs", ...change },
      },
    },
    ours,
  );

export const awsStoreProtectionCases: RuleCases = {
  "aws-kinesis-keep-retention": mine(
    "aws:kinesis/stream:Stream",
    { retentionPeriod: 24 },
    { retentionPeriod: 1 },
    {},
    { retentionPeriod: notKnownYet },
  ),
  "aws-firehose-require-log": {
    compliant: [loggedFirehose({})],
    violating: [loggedFirehose({ enabled: false })],
    absent: [loggedFirehose({ logGroupName: "" })],
    unknown: [loggedFirehose({ enabled: notKnownYet })],
  },
  "aws-dynamodb-require-recovery": weakened({
    token: "aws:dynamodb/table:Table",
    inputs: { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 } },
    weak: { "pointInTimeRecovery.enabled": [false] },
    alsoWrong: [{ pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 1 } }],
  }),
  "aws-dynamodb-require-deletion-protection": weakened({
    token: "aws:dynamodb/table:Table",
    inputs: { deletionProtectionEnabled: true },
    weak: { deletionProtectionEnabled: [false] },
  }),
  "aws-rds-forbid-public-access": weakened({
    token: "aws:rds/instance:Instance",
    inputs: { publiclyAccessible: false },
    optional: { publiclyAccessible: [true] },
  }),
  "aws-rds-require-recovery": weakened({
    token: "aws:rds/instance:Instance",
    inputs: { backupRetentionPeriod: 7, deletionProtection: true },
    weak: { backupRetentionPeriod: [0, 1], deletionProtection: [false] },
  }),
  "aws-msk-forbid-public-access": weakened({
    token: "aws:msk/cluster:Cluster",
    inputs: { brokerNodeGroupInfo: { connectivityInfo: { publicAccess: { type: "DISABLED" } } } },
    optional: { "brokerNodeGroupInfo.connectivityInfo.publicAccess.type": ["SERVICE_PROVIDED_EIPS"] },
  }),
  "aws-logs-keep-long-enough": mine(
    "aws:cloudwatch/logGroup:LogGroup",
    { retentionInDays: 90 },
    { retentionInDays: 1 },
    {},
    { retentionInDays: notKnownYet },
  ),
  "aws-sqs-keep-dead-letters": mine(
    "aws:sqs/queue:Queue",
    { messageRetentionSeconds: 1_209_600 },
    { messageRetentionSeconds: 60 },
    {},
    { messageRetentionSeconds: notKnownYet },
    "ingest-dead-letter",
  ),
  "aws-sqs-require-dead-letters": mine(
    "aws:sqs/queue:Queue",
    { redrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:x","maxReceiveCount":3}' },
    { redrivePolicy: '{"redriveAllowPolicy":"x"}' },
    {},
    { redrivePolicy: notKnownYet },
    "stream-uploads",
  ),
  "aws-sns-require-signature-v2": mine(
    "aws:sns/topic:Topic",
    { signatureVersion: 2 },
    { signatureVersion: 1 },
    {},
    { signatureVersion: notKnownYet },
  ),
  "aws-alarms-keep-on": mine(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    { alarmActions: ["arn:aws:sns:x"] },
    { alarmActions: ["arn:aws:sns:x"], actionsEnabled: false },
    { alarmActions: [] },
    { alarmActions: ["arn:aws:sns:x"], actionsEnabled: notKnownYet },
  ),
  "aws-secretsmanager-allow-recovery": weakened({
    token: "aws:secretsmanager/secret:Secret",
    inputs: { recoveryWindowInDays: 30 },
    optional: { recoveryWindowInDays: [0, 1] },
  }),
  "aws-ec2-forbid-open-group": weakened({
    token: "aws:ec2/securityGroup:SecurityGroup",
    inputs: {
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, ...open },
        { fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8"] },
      ],
    },
    optional: {
      ingress: [
        [{ fromPort: 22, toPort: 22, ...open }],
        [{ fromPort: 0, toPort: 65_535, ...open }],
        [{ fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8", "128.0.0.0/1"] }],
        [{ fromPort: 1883, toPort: 1883, ipv6CidrBlocks: ["::/0"] }],
      ],
    },
  }),
  "aws-ec2-forbid-open-rule": {
    compliant: [
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
        type: "ingress",
        fromPort: 8883,
        toPort: 8883,
        ...open,
      }),
    ],
    violating: [
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
        type: "ingress",
        fromPort: 1883,
        toPort: 1883,
        ...open,
      }),
    ],
    absent: "is right",
    unknown: [
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
        type: "ingress",
        fromPort: 22,
        toPort: 22,
        cidrBlocks: notKnownYet,
      }),
    ],
  },
  "aws-ec2-forbid-open-ingress-rule": {
    compliant: [
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
        fromPort: 443,
        toPort: 443,
        cidrIpv4: "0.0.0.0/0",
      }),
    ],
    violating: [
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
        fromPort: 22,
        toPort: 22,
        cidrIpv4: "0.0.0.0/0",
      }),
    ],
    absent: "is right",
    unknown: [
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { cidrIpv4: notKnownYet }),
    ],
  },
};
