/** Kinesis streams lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsKinesisKeyRules: readonly Rule[] = [
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
];
