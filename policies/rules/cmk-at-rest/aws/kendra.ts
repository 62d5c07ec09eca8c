/** Kendra: indexes lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsKendraKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-kendra-require-customer-key",
    what: "A Kendra index",
    types: ["aws:kendra/index:Index"],
    property: "serverSideEncryptionConfiguration.kmsKeyId",
    controls: ["CKV_AWS_262"],
    platformDefault: "the index lies under a key that AWS owns",
  }),
];
