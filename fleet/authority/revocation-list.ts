/** Revocation lists, written: RFC 5280, section 5, version 2, with authority key identifier and list number. */
import { X509Certificate } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  bitString,
  context,
  contextPrimitive,
  element,
  integer,
  octetString,
  oid,
  sequence,
  smallInteger,
  time,
} from "../x509/der-writer.ts";
import { toPem } from "../x509/pem.ts";
import { checkSigner, type Signer } from "./signer.ts";
import { subjectKeyId, subjectOf } from "./issuer.ts";

/** Reasons that a fleet gives (RFC 5280, 5.3.1); `unspecified` is written by leaving the reason out. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

export interface RevokedEntry {
  /** Hex. */
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

export interface RevocationListArgs {
  /** PEM of the authority whose certificates are revoked. */
  readonly issuer: string;
  readonly signer: Signer;
  readonly entries: Iterable<RevokedEntry> | AsyncIterable<RevokedEntry>;
  /** Higher than that of every list before it. */
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** Days that a list is good for; it is made anew at half of them, so that a missed renewal is no outage. */
export const listDays = 30;
const dayMs = 86_400_000;

export const nextListUpdate = (thisUpdate: Date): Date => new Date(thisUpdate.getTime() + listDays * dayMs);
/** A list of whatever life is due in the second half of it. */
export const isListDue = (thisUpdate: Date, nextUpdate: Date, now: Date): boolean =>
  nextUpdate.getTime() - now.getTime() < (nextUpdate.getTime() - thisUpdate.getTime()) / 2;

const entriesOfBlock = 1000;
const reasonCode = oid("2.5.29.21");
const enumerated = 0x0a;

/** Extensions of an entry, by reason: there are few, and 100,000 entries. */
const reasonExtensions = new Map(
  Object.entries(revocationReasons).map(([reason, code]) => [
    reason,
    code === 0
      ? Buffer.alloc(0)
      : sequence(sequence(reasonCode, octetString(element(enumerated, Buffer.of(code))))),
  ]),
);

/** PEM. Rejects with SignerError. */
export async function issueRevocationList(args: RevocationListArgs): Promise<string> {
  const { signer, entries, number, thisUpdate, nextUpdate } = args;
  const issuer = new X509Certificate(args.issuer);
  checkSigner(issuer, signer);
  const revoked = await encoded(entries);
  const extensions = sequence(
    sequence(oid("2.5.29.35"), octetString(sequence(contextPrimitive(0, subjectKeyId(issuer))))),
    sequence(oid("2.5.29.20"), octetString(smallInteger(number))),
  );
  const signed = sequence(
    smallInteger(1),
    signer.algorithm.identifier,
    subjectOf(issuer),
    time(thisUpdate),
    time(nextUpdate),
    // An empty list is left out (5.1.2.6).
    ...(revoked.length === 0 ? [] : [sequence(...revoked)]),
    context(0, extensions),
  );
  const list = sequence(signed, signer.algorithm.identifier, bitString(await signer.sign(signed)));
  return toPem(list, "X509 CRL");
}

/** Joined as they come: 100,000 entries are 4 MB of bytes, and a hundred as objects. */
async function encoded(entries: RevocationListArgs["entries"]): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  let block: Buffer[] = [];
  for await (const { serial, revokedAt, reason } of entries) {
    block.push(sequence(integer(fromHex(serial)), time(revokedAt), reasonExtensions.get(reason) as Buffer));
    if (block.length < entriesOfBlock) continue;
    blocks.push(Buffer.concat(block));
    block = [];
    // Others of this process have their turn: a list of a large fleet takes a second.
    await setImmediate();
  }
  return block.length === 0 ? blocks : [...blocks, Buffer.concat(block)];
}

const fromHex = (hex: string): Buffer => Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
