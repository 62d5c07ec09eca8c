/** Devices prove who they are by certificate. */
import { all, holds, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

const domain = "aws:iot/domainConfiguration:DomainConfiguration";

export const awsDomainIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-certificates",
    theme: "device-identity",
    description: "Devices are known by X.509 certificates",
    severity: "high",
    types: [domain],
    controls: ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"],
    why: "Tokens and passwords are shared and copied; a key that never leaves the device is not.",
    fix: 'set authenticationType to "AWS_X509" and leave authorizerConfig out',
    check: all(isOneOf("authenticationType", ["AWS_X509"]), holds("authorizerConfig", isAbsent, "absent")),
    example: { violation: 'authenticationType: "CUSTOM_AUTH"', fixed: 'authenticationType: "AWS_X509"' },
  },
];
