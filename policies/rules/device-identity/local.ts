import type { Rule } from "../../kit/rule.ts";
import { isArray, unknown } from "../../kit/value.ts";
import { anyOf } from "../../kit/verdict.ts";
import type { View } from "../../kit/view.ts";

const certificate = "tls:index/locallySignedCert:LocallySignedCert";
/** Days; the longest life that the fleet's contract allows. */
const maxDays = 397;
/** Days; the longest life that the fleet's settings allow a root. */
const maxAuthorityDays = 7300;

/** A certificate whose uses are not known yet may be anybody's. */
function mayBeFor(view: View, use: string): boolean {
  const uses = view.value("allowedUses");
  return (
    uses === unknown ||
    uses === undefined ||
    (isArray(uses) && (uses.includes(use) || uses.includes(unknown)))
  );
}

export const localIdentityRules: readonly Rule[] = [
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
  {
    id: "local-certificate-forbid-shared-roles",
    theme: "device-identity",
    description: "A device's certificate is good for nothing but being that device",
    severity: "high",
    types: [certificate],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "A device that could pose as a server or sign others would be a way into the whole fleet.",
    fix: "leave server_auth, cert_signing and isCaCertificate out of certificates with client_auth",
    concerns: (view) => mayBeFor(view, "client_auth"),
    check: (view) => [
      view.test(
        "allowedUses",
        (uses) => isArray(uses) && !uses.includes("server_auth") && !uses.includes("cert_signing"),
        "uses without server_auth and cert_signing",
      ),
      view.notTrue("isCaCertificate"),
    ],
    example: {
      violation: 'allowedUses: ["client_auth", "server_auth"]',
      fixed: 'allowedUses: ["digital_signature", "client_auth"]',
    },
  },
  {
    id: "local-key-require-strength",
    theme: "device-identity",
    description: "Keys are ECDSA of P-256 or more, Ed25519, or RSA of 2048 bits or more",
    severity: "high",
    types: ["tls:index/privateKey:PrivateKey"],
    controls: ["NIST SP 800-57 Part 1", "NIST SP 800-53 SC-12"],
    why: "Shorter keys can be computed from the certificate.",
    fix: 'set algorithm "ECDSA" and ecdsaCurve "P256" or more',
    check: (key) =>
      anyOf(
        [key.oneOf("algorithm", ["ECDSA"]), key.oneOf("ecdsaCurve", ["P256", "P384", "P521"])],
        [key.oneOf("algorithm", ["ED25519"])],
        [
          key.oneOf("algorithm", ["RSA"]),
          key.test("rsaBits", (bits) => bits === undefined || Number(bits) >= 2048, "2048 or more"),
        ],
      ),
    example: { violation: 'ecdsaCurve: "P224"', fixed: 'ecdsaCurve: "P256"' },
  },
];
