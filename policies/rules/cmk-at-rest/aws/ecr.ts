/** ECR: images lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsEcrKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-ecr-require-customer-key",
    what: "An image repository",
    types: ["aws:ecr/repository:Repository"],
    property: "encryptionConfigurations[].kmsKey",
    controls: ["CKV_AWS_136", "AWS-0033", "ECR.5"],
    platformDefault: "images lie under S3's own key",
    beside: isOneOf("encryptionConfigurations[].encryptionType", ["KMS", "KMS_DSSE"]),
    besideFix: 'encryptionConfigurations[].encryptionType to "KMS" and',
    example: { violation: 'encryptionType: "AES256"', fixed: 'encryptionType: "KMS", kmsKey: key.arn' },
  }),
];
