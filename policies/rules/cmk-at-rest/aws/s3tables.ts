/** S3 tables lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsS3tablesKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-s3tables-require-customer-key",
    what: "A table bucket",
    types: ["aws:s3tables/tableBucket:TableBucket"],
    property: "encryptionConfiguration.kmsKeyArn",
    controls: [],
    platformDefault: "tables lie under S3's own key",
    beside: isOneOf("encryptionConfiguration.sseAlgorithm", ["aws:kms"]),
    besideFix: 'encryptionConfiguration.sseAlgorithm to "aws:kms" and',
  }),
];
