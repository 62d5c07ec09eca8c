/** A certificate is one device's. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsThingsIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-exclusive-certificate",
    theme: "device-identity",
    description: "A certificate belongs to one device",
    severity: "medium",
    types: ["aws:iot/thingPrincipalAttachment:ThingPrincipalAttachment"],
    controls: ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"],
    why: "Devices that share a certificate can't be told apart, nor revoked one by one.",
    fix: 'set thingPrincipalType to "EXCLUSIVE_THING"',
    check: isOneOf("thingPrincipalType", ["EXCLUSIVE_THING"]),
    example: {
      violation: "new aws.iot.ThingPrincipalAttachment(name, { principal, thing })",
      fixed: 'thingPrincipalType: "EXCLUSIVE_THING"',
    },
  },
];
