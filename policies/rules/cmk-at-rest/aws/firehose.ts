/** Firehose: what it holds, and every copy that it writes, lies under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { ownKey } from "../../../kit/own-key-aws.ts";
import { all, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";
import { legs } from "./support/firehose-legs.ts";

const firehoseType = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
/** Records come from another stream, which is encrypted itself. */
const isFed = (firehose: View): boolean =>
  ["kinesisSourceConfiguration", "mskSourceConfiguration"].some(
    (source) => isObject(firehose.value(source)) || typeof firehose.value(source) === "symbol",
  );

export const awsFirehoseKeyRules: readonly Rule[] = [
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
];
