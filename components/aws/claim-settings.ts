import { X509Certificate } from "node:crypto";
import { z } from "zod";

const name = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** `fieldlake:aws.enrolment.claim` */
export const claimSettings = z.strictObject({
  /**
   * That you know: AWS has one certificate provider an account and region, and from `up` on this stack's authority answers
   * every CreateCertificateFromCsr over MQTT there, of other stacks and templates too, and refuses whatever has no token of
   * this fleet. No default.
   */
  signsForAccount: z.literal(
    true,
    "allowed: true, by which you say that no other fleet of this account and region gets certificates by CreateCertificateFromCsr over MQTT",
  ),
  /**
   * Claim certificates by a name of yours (a production line, a maker), as PEM; their keys stay with who made them. Whoever
   * shows one may ask, and gets nothing without a token. Taken out here, one ends at the next `up`.
   */
  certificates: z
    .record(z.string().regex(name, `allowed as names: ${name}`), z.string())
    .refine(
      (all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 10,
      "allowed: 1 to 10 certificates",
    ),
});
export type ClaimSettings = z.output<typeof claimSettings>;

/** What is wrong with each certificate. */
export function claimFaults({ certificates }: ClaimSettings): string[] {
  return Object.entries(certificates).flatMap(([id, pem]) => {
    const said = faultOf(pem);
    return said === null ? [] : [`fieldlake:aws.enrolment.claim.certificates.${id}: ${said}`];
  });
}

function faultOf(pem: string): string | null {
  if ((pem.match(/-----BEGIN /g) ?? []).length !== 1 || pem.includes("PRIVATE KEY"))
    return "allowed: one certificate as PEM, and nothing else; its key stays with the device";
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return "received something that is no certificate; allowed: one as PEM";
  }
  return certificate.ca
    ? "received an authority's certificate (CA:TRUE); allowed: one with CA:FALSE (docs/fleet.md says how to make it)"
    : null;
}
