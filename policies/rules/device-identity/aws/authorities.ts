/** Authorities prove that they have their key, and register devices by a template. */
import { all, either, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isMadeHere } from "./support/template.ts";

export const awsAuthoritiesIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-ca-possession",
    theme: "device-identity",
    description:
      "An authority's certificate is registered by who has its key, or found by the name that devices ask for",
    severity: "high",
    types: ["aws:iot/caCertificate:CaCertificate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 SC-17"],
    why: "Devices of an authority that somebody else controls would be let in.",
    fix: 'leave certificateMode "DEFAULT" with verificationCertificatePem, or use "SNI_ONLY" for an authority of the stack',
    check: either(
      all(isOneOf("certificateMode", ["DEFAULT"]), present("verificationCertificatePem")),
      all(isOneOf("certificateMode", ["SNI_ONLY"]), isMadeHere),
    ),
    example: {
      violation: 'certificateMode: "SNI_ONLY", caCertificatePem: readFileSync("ca.pem")',
      fixed: "verificationCertificatePem, or an authority of the stack",
    },
  },
  {
    id: "aws-iot-require-registration-template",
    theme: "device-identity",
    description: "Devices that register themselves do so by a template",
    severity: "medium",
    types: ["aws:iot/caCertificate:CaCertificate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "Without one a new certificate gets whatever is attached to it by hand.",
    fix: "set registrationConfig.templateName to an aws.iot.ProvisioningTemplate",
    concerns: (view) => view.value("allowAutoRegistration") === true,
    check: either(present("registrationConfig.templateName"), present("registrationConfig.templateBody")),
    example: {
      violation: "allowAutoRegistration: true",
      fixed: "allowAutoRegistration: true, registrationConfig: { templateName }",
    },
  },
];
