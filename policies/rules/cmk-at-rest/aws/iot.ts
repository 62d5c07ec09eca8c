/** IoT Core lies under the customer's key. */
import type { Rule } from "../../../kit/rule.ts";

const domain = "aws:iot/domainConfiguration:DomainConfiguration";

export const awsIotKeyRules: readonly Rule[] = [
  {
    id: "aws-iot-require-customer-key",
    theme: "cmk-at-rest",
    description: "What the broker itself keeps is encrypted under a key of the customer",
    severity: "low",
    types: [domain],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "Retained messages, queued commands and the registry would be opened by AWS's own key.",
    fix: "set the account's key by aws iot update-encryption-configuration",
    unsupported: () => ({
      reason: "@pulumi/aws has no resource for the account's IoT encryption configuration",
      compensatingControl:
        "telemetry is not retained, and every rule's target is under a key of the customer",
    }),
    check: () => [],
    example: {
      violation: "none: the provider can't",
      fixed: "aws iot update-encryption-configuration --encryption-type CUSTOMER_MANAGED_KMS_KEY",
    },
  },
];
