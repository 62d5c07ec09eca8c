/** Secrets are changed before they are old. */
import { either, hasCompanion, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsSecretRotationKeyRules: readonly Rule[] = [
  {
    id: "aws-secretsmanager-require-rotation",
    theme: "cmk-at-rest",
    description: "Every secret is changed at least every 90 days",
    severity: "medium",
    types: ["aws:secretsmanager/secret:Secret"],
    reads: ["aws:secretsmanager/secretRotation:SecretRotation"],
    controls: ["CKV2_AWS_57", "CKV_AWS_304", "SecretsManager.1", "SecretsManager.4"],
    why: "A secret that leaked unseen serves the thief until it is changed.",
    fix: "add an aws.secretsmanager.SecretRotation with rotationRules.automaticallyAfterDays of 90 or less",
    check: hasCompanion(
      ["aws:secretsmanager/secretRotation:SecretRotation"],
      "secretId",
      "an aws.secretsmanager.SecretRotation",
      either(
        (rotation) => [rotation.atMost("rotationRules.automaticallyAfterDays", 90)],
        present("rotationRules.scheduleExpression"),
      ),
    ),
    example: {
      violation: "a Secret alone",
      fixed:
        "new aws.secretsmanager.SecretRotation(name, { secretId: secret.id, rotationRules: { automaticallyAfterDays: 30 } })",
    },
  },
];
