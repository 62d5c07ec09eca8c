/** A key is not gone at once. */
import type { Rule } from "../../../kit/rule.ts";

const keyType = "aws:kms/key:Key";
const keysWithPolicies = [keyType, "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey"];
const shortestWindow = 14;

export const awsKmsProtectionRules: readonly Rule[] = [
  {
    id: "aws-kms-forbid-quick-deletion",
    theme: "data-protection",
    description:
      "A deleted key can be had back for at least two weeks, and no key is switched off or locked out",
    severity: "high",
    types: keysWithPolicies,
    controls: ["CKV_AWS_227", "KMS.3", "NIST SP 800-53 CP-9", "NIST SP 800-53 SC-12"],
    why: "Losing the key loses all data under it.",
    fix: `leave deletionWindowInDays out (30) or set it to ${shortestWindow} or more; leave isEnabled true and bypassPolicyLockoutSafetyCheck false`,
    check: (key) => [
      key.test(
        "deletionWindowInDays",
        (days) => days === undefined || Number(days) >= shortestWindow,
        `${shortestWindow} or more, or absent`,
      ),
      key.notFalse("isEnabled"),
      key.notFalse("enabled"),
      key.notTrue("bypassPolicyLockoutSafetyCheck"),
    ],
    example: { violation: "deletionWindowInDays: 7", fixed: "deletionWindowInDays: 30" },
  },
];
