/** Certificates of devices and authorities end. */
import type { Rule } from "../../../kit/rule.ts";
import { isArray } from "../../../kit/value.ts";
import { mayBeFor } from "./support/purposes.ts";

const certificate = "tls:index/locallySignedCert:LocallySignedCert";
/** Days; the longest life that the fleet's contract allows. */
const maxDays = 397;
/** Days; the longest life that the fleet's settings allow a root. */
const maxAuthorityDays = 7300;

export const localCertificatesIdentityRules: readonly Rule[] = [
  {
    id: "local-certificate-limit-lifetime",
    theme: "device-identity",
    description: `A device or server certificate lives at most ${maxDays} days`,
    severity: "medium",
    types: [certificate],
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-17"],
    why: "A stolen key serves the thief until the certificate ends.",
    fix: `set fieldlake:fleet.certificateDays to ${maxDays} or less`,
    concerns: (view) => mayBeFor(view, "client_auth") || mayBeFor(view, "server_auth"),
    check: (view) => [view.atMost("validityPeriodHours", maxDays * 24)],
    example: { violation: "validityPeriodHours: 87_600", fixed: "validityPeriodHours: 90 * 24" },
  },
  {
    id: "local-authority-limit-lifetime",
    theme: "device-identity",
    description:
      "A development authority lives twenty years at most, and signs nothing but certificates and revocations",
    severity: "medium",
    types: [certificate, "tls:index/selfSignedCert:SelfSignedCert"],
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 SC-17"],
    why: "An authority that never ends can't be replaced in order.",
    fix: "set fieldlake:fleet.rootDays and intermediateDays",
    concerns: (view) => view.value("isCaCertificate") === true,
    check: (view) => [
      view.atMost("validityPeriodHours", maxAuthorityDays * 24),
      view.test(
        "allowedUses",
        (uses) =>
          isArray(uses) &&
          uses.length > 0 &&
          uses.every((use) => /^(cert_signing|crl_signing|digital_signature)$/.test(String(use))),
        "cert_signing, crl_signing",
      ),
    ],
    example: {
      violation: "validityPeriodHours: 100 * 365 * 24",
      fixed: "validityPeriodHours: 10 * 365 * 24",
    },
  },
  {
    id: "fleet-limit-certificate-life",
    theme: "device-identity",
    description: `The fleet issues certificates of ${maxDays} days at most`,
    severity: "medium",
    types: ["fieldlake:aws:DeviceFleet", "fieldlake:azure:DeviceFleet", "fieldlake:local:DeviceFleet"],
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-17"],
    why: "A stolen key serves the thief until the certificate ends.",
    fix: `set fieldlake:fleet.certificateDays to ${maxDays} or less`,
    check: (view) => [view.atMost("certificateDays", maxDays)],
    example: { violation: "certificateDays: 3650", fixed: "certificateDays: 90" },
  },
];
