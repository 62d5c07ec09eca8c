/** The keys themselves: a strong reference to a weak key protects nothing. */
import { isAnybody, statementsOf, conditionOf } from "../../../kit/statements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const keyType = "aws:kms/key:Key";
const keyPolicyType = "aws:kms/keyPolicy:KeyPolicy";
const keysWithPolicies = [keyType, "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey"];
/** Days. */
const longestRotation = 365;
const shortestWindow = 14;

/** Keys that KMS can rotate by itself: symmetric ones of its own material. */
const isRotatable = (key: View): boolean =>
  ["", "SYMMETRIC_DEFAULT"].includes(String(key.value("customerMasterKeySpec") ?? "")) &&
  String(key.value("keyUsage") ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";

const boundaries = [
  "kms:CallerAccount",
  "kms:ViaService",
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:SourceAccount",
];

/** No statement lets everybody use the key, unless a condition keeps it within the account or a service. */
function noOpenStatement(view: View, path: string): readonly Check[] {
  const document = view.document(path);
  const property = view.path(path);
  if (document.check.outcome !== "pass") return [document.check];
  const statements = statementsOf(document.value);
  if (statements === null) return [fail(property, "no policy document")];
  const open = statements.find(
    (statement) =>
      statement.effect === "Allow" &&
      (statement.hasNotPrincipal || statement.principals.some(isAnybody)) &&
      !boundaries.some((key) =>
        conditionOf(statement, key).some(({ operator }) =>
          /^(ForAllValues:)?(String|Arn)(Equals|Like)$/.test(operator),
        ),
      ),
  );
  if (open !== undefined) return [fail(property, "a statement that allows everybody", "named principals")];
  return [
    statements.some(({ isOpen }) => isOpen)
      ? undetermined(property)
      : pass(property, "named principals only"),
  ];
}

export const awsKmsRules: readonly Rule[] = [
  {
    id: "aws-kms-require-rotation",
    theme: "cmk-at-rest",
    description: "Every symmetric key is rotated at least once a year",
    severity: "medium",
    types: [keyType],
    controls: [
      "CKV_AWS_7",
      "KMS.4",
      "AWS-0065",
      "kms_cmk_rotation_enabled",
      "NIST SP 800-57 Part 1",
      "NIST SP 800-53 SC-12",
    ],
    why: "What one key ever encrypted is what a thief of it can read.",
    fix: `set enableKeyRotation to true, and rotationPeriodInDays to ${longestRotation} or less where it is set`,
    concerns: isRotatable,
    check: (key) => [
      key.isTrue("enableKeyRotation"),
      key.test(
        "rotationPeriodInDays",
        (days) => days === undefined || Number(days) <= longestRotation,
        `${longestRotation} or less, or absent`,
      ),
    ],
    remediate: (inputs) => (inputs["enableKeyRotation"] === true ? null : { enableKeyRotation: true }),
    example: { violation: "enableKeyRotation: false", fixed: "enableKeyRotation: true" },
  },
  {
    id: "aws-kms-forbid-public-use",
    theme: "cmk-at-rest",
    description: "No key's policy lets everybody use it",
    severity: "critical",
    types: [...keysWithPolicies, keyPolicyType],
    controls: ["CKV_AWS_33", "KMS.5", "kms_key_not_publicly_accessible", "NIST SP 800-53 AC-3"],
    why: "A key that anybody may use protects nothing.",
    fix: "name the principals of every Allow statement, or bind it by kms:CallerAccount or kms:ViaService",
    concerns: (view) => view.resource.type === keyPolicyType || view.value("policy") !== undefined,
    check: (view) => noOpenStatement(view, "policy"),
    example: {
      violation: 'Principal: "*"',
      fixed: 'Principal: { AWS: "arn:aws:iam::123456789012:role/decoder" }',
    },
  },
  {
    id: "aws-kms-require-own-policy",
    theme: "cmk-at-rest",
    description: "Every key says itself who may use and who may administer it",
    severity: "medium",
    types: keysWithPolicies,
    reads: [keyPolicyType],
    controls: ["CKV2_AWS_64", "NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"],
    why: "The default policy leaves the key to whatever any IAM policy of the account says.",
    fix: "set policy, or add an aws.kms.KeyPolicy",
    check: (key, context) => {
      const { found, isOpen } = context.graph.referring(key.resource, [keyPolicyType], "keyId");
      if (found.length > 0) return [pass("policy", "an aws.kms.KeyPolicy")];
      return isOpen && key.value("policy") === undefined ? [undetermined("policy")] : [key.present("policy")];
    },
    example: { violation: "new aws.kms.Key(name, {})", fixed: "new aws.kms.Key(name, { policy })" },
  },
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
