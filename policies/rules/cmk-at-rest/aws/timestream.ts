/** Timestream: databases and rejected records lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsTimestreamKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-timestream-require-customer-key",
    what: "A time series database",
    types: ["aws:timestreamwrite/database:Database"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_160"],
    platformDefault: "series lie under the key that AWS manages for Timestream",
  }),
  awsKeyRule({
    id: "aws-timestream-require-customer-key-on-rejects",
    what: "What a time series table rejects",
    types: ["aws:timestreamwrite/table:Table"],
    property: `magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.kmsKeyId`,
    controls: ["CKV_AWS_160"],
    platformDefault: "rejected rows lie under the bucket's default key",
    concerns: (table) =>
      !isNothing(table.value("magneticStoreWriteProperties.magneticStoreRejectedDataLocation")),
    beside: isOneOf(
      "magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.encryptionOption",
      ["SSE_KMS"],
    ),
    besideFix: 'encryptionOption beside it to "SSE_KMS" and',
  }),
];
