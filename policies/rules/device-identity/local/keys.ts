/** Keys are strong. */
import type { Rule } from "../../../kit/rule.ts";
import { anyOf } from "../../../kit/verdict.ts";

export const localKeysIdentityRules: readonly Rule[] = [
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
