/** Streams and queues: what messages rest in on their way. */
import { ownKey } from "../../../kit/own-key-aws.ts";
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, isOneOf, isTrue, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

const firehoseType = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
/** Destinations that keep a copy in S3: what failed, or all. */
const legs = [
  "opensearch",
  "opensearchserverless",
  "elasticsearch",
  "httpEndpoint",
  "redshift",
  "splunk",
  "snowflake",
  "iceberg",
].map((destination) => `${destination}Configuration`);

/** Records come from another stream, which is encrypted itself. */
const isFed = (firehose: View): boolean =>
  ["kinesisSourceConfiguration", "mskSourceConfiguration"].some(
    (source) => isObject(firehose.value(source)) || typeof firehose.value(source) === "symbol",
  );

export const awsStreamKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-kinesis-require-customer-key",
    what: "A Kinesis stream",
    types: ["aws:kinesis/stream:Stream"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_43", "CKV_AWS_185", "Kinesis.1", "AWS-0064", "kinesis_stream_encrypted_at_rest"],
    platformDefault: "records lie plain, or under the key that AWS manages for Kinesis",
    beside: isOneOf("encryptionType", ["KMS"]),
    besideFix: 'encryptionType to "KMS" and',
    example: {
      violation: 'kmsKeyId: "alias/aws/kinesis"',
      fixed: 'encryptionType: "KMS", kmsKeyId: key.arn',
    },
  }),
  awsKeyRule({
    id: "aws-kinesisvideo-require-customer-key",
    what: "A video stream",
    types: ["aws:kinesis/videoStream:VideoStream"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_177"],
    platformDefault: "frames lie under the key that AWS manages for Kinesis Video",
  }),
  awsKeyRule({
    id: "aws-firehose-require-customer-key",
    what: "A Firehose stream that producers write to",
    types: [firehoseType],
    property: "serverSideEncryption.keyArn",
    controls: ["CKV_AWS_240", "CKV_AWS_241", "DataFirehose.1", "firehose_stream_encrypted_at_rest"],
    platformDefault: "buffered records lie plain, or under a key that AWS owns",
    concerns: (firehose) => !isFed(firehose),
    beside: all(
      isTrue("serverSideEncryption.enabled"),
      isOneOf("serverSideEncryption.keyType", ["CUSTOMER_MANAGED_CMK"]),
    ),
    besideFix: 'serverSideEncryption.enabled to true, .keyType to "CUSTOMER_MANAGED_CMK" and',
    example: {
      violation: 'serverSideEncryption: { enabled: true, keyType: "AWS_OWNED_CMK" }',
      fixed: 'serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.arn }',
    },
  }),
  {
    id: "aws-firehose-require-customer-key-on-every-copy",
    theme: "cmk-at-rest",
    description:
      "Everything that a Firehose stream writes to S3, backups and failures included, is under a key of the customer",
    severity: "high",
    types: [firehoseType],
    reads: ["aws:kms/key:Key"],
    controls: ["DataFirehose.1", "NIST SP 800-53 SC-28(1)"],
    why: "Backups and failed records are the same data in another place.",
    fix: "set kmsKeyArn in extendedS3Configuration, in its s3BackupConfiguration, and in s3Configuration of every other destination, to the arn of an aws.kms.Key",
    check: (firehose, context) => {
      const places = [
        ...(firehose.value("extendedS3Configuration") === undefined ? [] : ["extendedS3Configuration"]),
        ...(firehose.value("extendedS3Configuration.s3BackupConfiguration") === undefined
          ? []
          : ["extendedS3Configuration.s3BackupConfiguration"]),
        ...legs.filter((leg) => firehose.value(leg) !== undefined).map((leg) => `${leg}.s3Configuration`),
        ...legs
          .filter((leg) => firehose.value(`${leg}.s3BackupConfiguration`) !== undefined)
          .map((leg) => `${leg}.s3BackupConfiguration`),
      ];
      if (places.length === 0) return [firehose.present("extendedS3Configuration.kmsKeyArn")];
      return places.map((place) => ownKey(firehose, context, `${place}.kmsKeyArn`));
    },
    example: {
      violation: "s3BackupConfiguration: { bucketArn, roleArn }",
      fixed: "s3BackupConfiguration: { bucketArn, roleArn, kmsKeyArn: key.arn }",
    },
  },
  awsKeyRule({
    id: "aws-sqs-require-customer-key",
    what: "A queue, dead letters included,",
    types: ["aws:sqs/queue:Queue"],
    property: "kmsMasterKeyId",
    controls: ["CKV_AWS_27", "CKV2_AWS_73", "SQS.1", "AWS-0096", "AWS-0135"],
    platformDefault: "messages lie under a key that SQS owns",
    beside: notTrue("sqsManagedSseEnabled"),
    example: { violation: "sqsManagedSseEnabled: true", fixed: "kmsMasterKeyId: key.arn" },
  }),
  awsKeyRule({
    id: "aws-sns-require-customer-key",
    what: "A topic",
    types: ["aws:sns/topic:Topic"],
    property: "kmsMasterKeyId",
    controls: ["CKV_AWS_26", "SNS.1", "AWS-0095", "AWS-0136"],
    platformDefault: "messages lie plain",
    example: { violation: 'kmsMasterKeyId: "alias/aws/sns"', fixed: "kmsMasterKeyId: key.arn" },
  }),
];
