/** A certificate has one role. */
import type { Rule } from "../../../kit/rule.ts";
import { isArray } from "../../../kit/value.ts";
import { mayBeFor } from "./support/purposes.ts";

const certificate = "tls:index/locallySignedCert:LocallySignedCert";

export const localRolesIdentityRules: readonly Rule[] = [
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
];
