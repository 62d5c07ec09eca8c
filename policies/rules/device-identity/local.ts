import { at, unknown, type Planned, type Rule, type Violation, each } from "../../kit.ts";

const certificate = "tls:index/locallySignedCert:LocallySignedCert";
/** Days; the longest life that the fleet's contract allows. */
const maxDays = 397;

const isFor = (use: string) => (resource: Planned) => {
  const uses = at(resource, "allowedUses");
  return Array.isArray(uses) && uses.includes(use);
};

export const localIdentityRules: readonly Rule[] = [
  {
    id: "local-certificate-limit-lifetime",
    description: `A device or server certificate lives at most ${maxDays} days`,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-17"],
    why: "A stolen key serves the thief until the certificate ends.",
    fix: `set fieldlake:fleet.certificateDays to ${maxDays} or less`,
    check: (resources) =>
      each(
        resources.filter((resource) => isFor("client_auth")(resource) || isFor("server_auth")(resource)),
        certificate,
        ["validityPeriodHours"],
        (hours) => typeof hours === "number" && hours <= maxDays * 24,
      ),
  },
  {
    id: "local-certificate-forbid-shared-roles",
    description: "A device's certificate is good for nothing but being that device",
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "A device that could pose as a server or sign others would be a way into the whole fleet.",
    fix: "leave server_auth, cert_signing and isCaCertificate out of certificates with client_auth",
    check: (resources) =>
      resources
        .filter((resource) => resource.type === certificate && isFor("client_auth")(resource))
        .filter(
          (resource) =>
            isFor("server_auth")(resource) ||
            isFor("cert_signing")(resource) ||
            at(resource, "isCaCertificate") === true,
        )
        .map((resource): Violation => ({
          resource,
          property: "allowedUses",
          found: "more than client authentication",
        })),
  },
  {
    id: "local-key-require-strength",
    description: "Keys are ECDSA of P-256 or more, Ed25519, or RSA of 2048 bits or more",
    controls: ["NIST SP 800-57 Part 1", "NIST SP 800-53 SC-12"],
    why: "Shorter keys can be computed from the certificate.",
    fix: 'set algorithm "ECDSA" and ecdsaCurve "P256" or more',
    check: (resources) =>
      resources
        .filter((resource) => resource.type === "tls:index/privateKey:PrivateKey" && !isStrong(resource))
        .map((resource): Violation => ({
          resource,
          property: "algorithm",
          found: String(at(resource, "algorithm")),
        })),
  },
];

function isStrong(resource: Planned): boolean {
  switch (at(resource, "algorithm")) {
    case unknown:
      return true;
    case "ED25519":
      return true;
    case "ECDSA":
      return ["P256", "P384", "P521"].includes(String(at(resource, "ecdsaCurve")));
    case "RSA": {
      const bits = at(resource, "rsaBits");
      return bits === undefined || (typeof bits === "number" && bits >= 2048);
    }
    default:
      return false;
  }
}
