/** The customer's keys are changed every year. */
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";

const keyType = "aws:kms/key:Key";
/** Days. */
const longestRotation = 365;
/** Keys that KMS can rotate by itself: symmetric ones of its own material. */
const isRotatable = (key: View): boolean =>
  ["", "SYMMETRIC_DEFAULT"].includes(String(key.value("customerMasterKeySpec") ?? "")) &&
  String(key.value("keyUsage") ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";

export const awsKmsRotationKeyRules: readonly Rule[] = [
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
];
