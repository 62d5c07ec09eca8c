/** A deleted secret can be had back. */
import { holds } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsSecretsProtectionRules: readonly Rule[] = [
  {
    id: "aws-secretsmanager-allow-recovery",
    theme: "data-protection",
    description: "A deleted secret can be had back for a week",
    severity: "low",
    types: ["aws:secretsmanager/secret:Secret"],
    controls: ["NIST SP 800-53 CP-9"],
    why: "Losing a secret locks everybody out.",
    fix: "leave recoveryWindowInDays out, or set it to 7 or more",
    check: holds("recoveryWindowInDays", (days) => isAbsent(days) || Number(days) >= 7, "7 or more, absent"),
    example: { violation: "recoveryWindowInDays: 0", fixed: "recoveryWindowInDays: 30" },
  },
];
