/** The stack's own revocation list: what its configuration names, and what was on the list before. */
import { createPrivateKey } from "node:crypto";
import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { X509Crl } from "@peculiar/x509";
import {
  isListDue,
  issueRevocationList as issueList,
  nextListUpdate,
} from "../fleet/authority/revocation-list.ts";
import { inProcessSigner } from "../fleet/authority/signers/in-process.ts";

export interface RevocationListArgs {
  readonly issuerCertificate: string;
  readonly issuerKey: string;
  /** Serial numbers in hex. */
  readonly serials: readonly string[];
  /** PEM of the list before this one: what was revoked keeps the date at which it was. */
  readonly previous: string | null;
  readonly now: Date;
}

/** PEM of a list signed by the issuer. */
export async function issueRevocationList(args: RevocationListArgs): Promise<string> {
  const { issuerCertificate, issuerKey, serials, previous, now } = args;
  const before = previous === null ? [] : new X509Crl(previous).entries;
  const dates = new Map(before.map((entry) => [entry.serialNumber.toLowerCase(), entry.revocationDate]));
  return issueList({
    issuer: issuerCertificate,
    signer: inProcessSigner(createPrivateKey(issuerKey), "issuerKey"),
    entries: serials.map((serial) => ({
      serial,
      revokedAt: dates.get(serial) ?? now,
      reason: "unspecified" as const,
    })),
    // Grows with time, so that a later list has a higher number (RFC 5280, 5.2.3).
    number: now.getTime(),
    thisUpdate: now,
    nextUpdate: nextListUpdate(now),
  });
}

/** True in the second half of the list's life, and for anything that is not a list. */
export function isRevocationListDue(list: string, now: Date): boolean {
  try {
    const { thisUpdate, nextUpdate } = new X509Crl(list);
    return nextUpdate === undefined || isListDue(thisUpdate, nextUpdate, now);
  } catch {
    return true;
  }
}
