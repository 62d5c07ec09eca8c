/** Secrets and secret parameters lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { absent, all, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsSecretsKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-secretsmanager-require-customer-key",
    what: "A secret, with its replicas,",
    types: ["aws:secretsmanager/secret:Secret"],
    property: ["kmsKeyId", "replicas[]?.kmsKeyId"],
    controls: ["CKV_AWS_149", "AWS-0098"],
    platformDefault: "secrets lie under the key that AWS manages for Secrets Manager",
  }),
  awsKeyRule({
    id: "aws-ssm-require-customer-key",
    what: "A parameter that may hold a secret",
    types: ["aws:ssm/parameter:Parameter"],
    property: "keyId",
    controls: ["CKV_AWS_337", "CKV2_AWS_34"],
    platformDefault: "it lies plain, or under the key that AWS manages for Systems Manager",
    beside: all(isOneOf("type", ["SecureString"]), absent("insecureValue")),
    besideFix: 'type to "SecureString" and',
    concerns: (parameter) =>
      parameter.value("type") === "SecureString" ||
      /secret|passw|token|credential|private|api.?key|connection/i.test(
        `${String(parameter.value("name") ?? "")} ${parameter.resource.name}`,
      ),
  }),
];
