/** A certificate says what it is for. */
import type { Rule } from "../../../kit/rule.ts";
import { isArray, type Value } from "../../../kit/value.ts";

/** Extended key usages, and what makes an authority; without one of them a certificate is good for everything (RFC 5280, 4.2.1.12). */
const purposes =
  /^(client_auth|server_auth|code_signing|email_protection|timestamping|ocsp_signing|ipsec_\w+|microsoft_\w+|netscape_\w+|cert_signing|crl_signing)$/;
const namesPurpose = (uses: Value): boolean =>
  isArray(uses) && uses.some((use) => purposes.test(typeof use === "symbol" ? "" : String(use)));

export const localPurposeIdentityRules: readonly Rule[] = [
  {
    id: "local-certificate-require-purpose",
    theme: "device-identity",
    description: "Every certificate says what it may be used for",
    severity: "high",
    types: ["tls:index/locallySignedCert:LocallySignedCert", "tls:index/selfSignedCert:SelfSignedCert"],
    controls: ["RFC 5280 4.2.1.12", "NIST SP 800-53 IA-5(2)"],
    why: "A certificate without a purpose is good for every one: a device could pose as the broker.",
    fix: "name client_auth, server_auth, cert_signing or another purpose in allowedUses",
    check: (view) => [
      view.test("allowedUses", namesPurpose, "client_auth, server_auth, cert_signing or another purpose"),
    ],
    example: {
      violation: 'allowedUses: ["digital_signature"]',
      fixed: 'allowedUses: ["digital_signature", "client_auth"]',
    },
  },
];
