/** Credentials of devices are short-lived. */
import { isAtMost } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

/** Longest life of credentials that a device gets for its certificate, in seconds: one hour. */
const longestCredentials = 3600;

export const awsCredentialsIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-limit-credentials",
    theme: "device-identity",
    description: "Credentials that a device gets for its certificate live an hour at most",
    severity: "medium",
    types: ["aws:iot/roleAlias:RoleAlias"],
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 AC-6"],
    why: "They outlive the revocation of the certificate.",
    fix: `set credentialDuration to ${longestCredentials} or less`,
    check: (view, context) =>
      isAbsent(view.value("credentialDuration")) && !context.isOurs(view.resource)
        ? [view.absent("credentialDuration")]
        : isAtMost("credentialDuration", longestCredentials)(view, context),
    example: { violation: "credentialDuration: 43_200", fixed: "credentialDuration: 3_600" },
  },
];
