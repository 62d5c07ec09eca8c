import type { CertificateState } from "./model.ts";

/** How a certificate stands, by what is recorded of it. */
export function certificateState(
  facts: {
    readonly revokedAt: Date | null;
    readonly supersededAt: Date | null;
    readonly seenAt: Date | null;
    readonly notAfter: Date;
  },
  now: Date,
): CertificateState {
  if (facts.revokedAt !== null) return "revoked";
  if (facts.notAfter < now) return "expired";
  if (facts.supersededAt !== null) return "superseded";
  return facts.seenAt === null ? "issued" : "active";
}
