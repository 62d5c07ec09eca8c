import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Extras, type Written } from "../support/stack.ts";

const component = "fieldlake:aws:EncryptedLake";
const arn = "arn:aws:s3:::data-1";
const below: Extras = { parent: "lake", component };
const lake = (inputs: object): Written => resource(component, inputs, { name: "lake" });
const raw = (inputs: object = {}): Written =>
  resource("aws:s3/bucket:Bucket", inputs, {
    ...below,
    name: "lake-raw",
    outputs: { bucket: "data-1", arn },
  });
const lock = (days: unknown, mode = "GOVERNANCE"): Written =>
  resource(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    { bucket: "data-1", rule: { defaultRetention: { mode, days } } },
    { name: "lock" },
  );
const lifecycle = (...rules: readonly object[]): Written =>
  resource(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    { bucket: "data-1", rules },
    { ...below, name: "lake-raw-lifecycle" },
  );

const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const algorithm = "s3:x-amz-server-side-encryption";
const deny = (condition: object | undefined, change: object = {}): object => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: `${arn}/*`,
  ...(condition === undefined ? {} : { Condition: condition }),
  ...change,
});
const keyDenials = [
  deny({
    Null: { [key]: "false" },
    StringNotEquals: { [key]: "arn:aws:kms:eu-central-1:123456789012:key/1" },
  }),
  deny({ Null: { [algorithm]: "false" }, StringNotEquals: { [algorithm]: "aws:kms" } }),
  deny({ Null: { [algorithm]: "false", [key]: "true" } }),
  deny({ Null: { [`${algorithm}-customer-algorithm`]: "false" } }),
];
const changeDenials = [
  deny({ Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } }),
  deny(undefined, { Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"] }),
];
const policy = (...statements: readonly unknown[]): Written =>
  resource(
    "aws:s3/bucketPolicy:BucketPolicy",
    { bucket: "data-1", policy: JSON.stringify({ Statement: statements }) },
    { name: "policy" },
  );
const unknownPolicy = resource(
  "aws:s3/bucketPolicy:BucketPolicy",
  { bucket: "data-1", policy: notKnownYet },
  { name: "policy" },
);
const writeOnce = lake({ writeOnce: { days: 30, mode: "governance" } });
const year = lake({ zones: { raw: { retentionDays: 365 } } });
const forEver = lake({ zones: { raw: { retentionDays: 0 } } });
const workgroup = (configuration: object): Written[] => [
  lake({}),
  resource("aws:athena/workgroup:Workgroup", { configuration }, { ...below, name: "workgroup" }),
];
const tight = {
  enforceWorkgroupConfiguration: true,
  enableMinimumEncryptionConfiguration: true,
  resultConfiguration: { expectedBucketOwner: "123456789012" },
};

export const awsLakeCases: RuleCases = {
  "aws-lake-deny-other-keys": {
    compliant: [[lake({}), raw(), policy(...keyDenials)]],
    violating: [
      ...keyDenials.map((without) => [
        lake({}),
        raw(),
        policy(...keyDenials.filter((one) => one !== without)),
      ]),
      // One condition more lets some through.
      [
        lake({}),
        raw(),
        policy(
          ...keyDenials.slice(1),
          deny({
            Null: { [key]: "false" },
            StringNotEquals: { [key]: ":key/1" },
            StringEquals: { "aws:SourceVpc": "v" },
          }),
        ),
      ],
      [lake({}), raw(), policy(...keyDenials.map((one) => ({ ...one, Resource: `${arn}/readings/*` })))],
    ],
    absent: [[lake({}), raw()]],
    unknown: [[lake({}), raw(), unknownPolicy]],
  },
  "aws-lake-keep-write-once": {
    compliant: [[writeOnce, raw({ objectLockEnabled: true }), lock(30), policy(...changeDenials)]],
    violating: [
      [writeOnce, raw({ objectLockEnabled: true }), lock(1), policy(...changeDenials)],
      [
        lake({ writeOnce: { days: 30, mode: "compliance" } }),
        raw({ objectLockEnabled: true }),
        lock(30),
        policy(...changeDenials),
      ],
      [writeOnce, raw({ objectLockEnabled: false }), lock(30), policy(...changeDenials)],
      ...changeDenials.map((without) => [
        writeOnce,
        raw({ objectLockEnabled: true }),
        lock(30),
        policy(...changeDenials.filter((one) => one !== without)),
      ]),
    ],
    absent: [
      [writeOnce, raw({ objectLockEnabled: true }), policy(...changeDenials)],
      [writeOnce, raw({}), lock(30), policy(...changeDenials)],
      [writeOnce, raw({ objectLockEnabled: true }), lock(30)],
    ],
    unknown: [[writeOnce, raw({ objectLockEnabled: true }), lock(notKnownYet), policy(...changeDenials)]],
  },
  "aws-lake-keep-retention": {
    compliant: [
      [year, lifecycle({ expiration: { days: 365 }, filter: { prefix: "" } })],
      [forEver, lifecycle({ expiration: { days: 7 }, filter: { prefix: "tmp/" } })],
    ],
    violating: [
      [year, lifecycle({ expiration: { days: 1 } })],
      [year, lifecycle({ expiration: { days: 365 } }, { expiration: { days: 1 } })],
      [forEver, lifecycle({ expiration: { days: 365 } })],
    ],
    absent: [[year, lifecycle({ expiration: { days: 1 }, filter: { prefix: "tmp/" } })]],
    unknown: [[year, lifecycle({ expiration: { days: notKnownYet } })]],
  },
  "aws-s3-keep-old-versions": {
    compliant: [[year, lifecycle({ noncurrentVersionExpiration: { noncurrentDays: 30 } })]],
    violating: [[year, lifecycle({ noncurrentVersionExpiration: { noncurrentDays: 1 } })]],
    absent: [[year, lifecycle({})]],
    unknown: [[year, lifecycle({ noncurrentVersionExpiration: { noncurrentDays: notKnownYet } })]],
  },
  "aws-athena-keep-tight": {
    compliant: [workgroup(tight)],
    violating: [
      workgroup({ ...tight, enforceWorkgroupConfiguration: false }),
      workgroup({ ...tight, enableMinimumEncryptionConfiguration: false }),
    ],
    absent: [workgroup({ ...tight, resultConfiguration: {} })],
    unknown: [workgroup({ ...tight, enforceWorkgroupConfiguration: notKnownYet })],
  },
};
