/**
 * Certificate revocation lists (RFC 5280, section 5), read and verified here instead of by the TLS library: there an
 * expired list locks every device out; here it stays in force and is reported. Lists of 100,000 entries are read in
 * milliseconds, so that a reload does not hold up the devices.
 */
import { verify, type X509Certificate } from "node:crypto";
import { signatureAlgorithm } from "../x509/algorithms.ts";
import { DerError, DerReader, Tag } from "../x509/der-reader.ts";
import { pemBlocks } from "../x509/pem.ts";

/** The list is not one, or not signed by an authority that is trusted here: it must not come into force. */
export class RevocationListError extends Error {
  override readonly name = "RevocationListError";
}

/** One list in force. */
export interface RevocationReport {
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly revoked: number;
}

interface ParsedList {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly serials: ReadonlySet<string>;
  readonly signed: Buffer;
  readonly algorithm: string;
  readonly signature: Buffer;
}

interface ListInForce extends RevocationReport {
  readonly authority: X509Certificate;
  readonly serials: ReadonlySet<string>;
}

export class Revocations {
  readonly #lists: readonly ListInForce[];

  private constructor(lists: readonly ListInForce[]) {
    this.#lists = lists;
  }

  /** Throws {@link RevocationListError} unless each list in `pem` is signed by one of `authorities`. */
  static read(pem: string, authorities: readonly X509Certificate[]): Revocations {
    const blocks = pemBlocks(pem, "X509 CRL", "CRL");
    if (blocks.length === 0) {
      throw new RevocationListError("revocationList: received no PEM block; expected one labelled X509 CRL");
    }
    return new Revocations(blocks.map((der) => verified(parse(der), authorities)));
  }

  /** By issuer and serial number. */
  isRevoked(certificate: X509Certificate): boolean {
    const serial = normalised(certificate.serialNumber);
    return this.#lists.some(
      ({ authority, serials }) => serials.has(serial) && certificate.checkIssued(authority),
    );
  }

  get reports(): readonly RevocationReport[] {
    return this.#lists.map(({ issuer, thisUpdate, nextUpdate, revoked }) => {
      return { issuer, thisUpdate, nextUpdate, revoked };
    });
  }
}

/** An expired list stays in force, because the alternative is to let everybody in or nobody. */
export function isExpired({ nextUpdate }: RevocationReport, now: Date): boolean {
  return nextUpdate !== null && nextUpdate < now;
}

/** The key that verifies the signature is the issuer's, however it writes its name. */
function verified(list: ParsedList, authorities: readonly X509Certificate[]): ListInForce {
  const authority = authorities.find((one) => isSigned(list, one));
  if (authority === undefined) {
    throw new RevocationListError(
      "revocationList: not signed by an authority that device certificates are trusted from: " +
        "sign it with the authority that issued the certificates",
    );
  }
  const { thisUpdate, nextUpdate, serials } = list;
  return { issuer: authority.subject, authority, thisUpdate, nextUpdate, serials, revoked: serials.size };
}

function isSigned({ signed, algorithm, signature }: ParsedList, authority: X509Certificate): boolean {
  const known = signatureAlgorithm(algorithm);
  if (known === undefined) {
    throw new RevocationListError(
      `revocationList: signed by the algorithm ${algorithm}; allowed: ECDSA or RSA with SHA-2, Ed25519`,
    );
  }
  try {
    return verify(known.digest, signed, authority.publicKey, signature);
  } catch {
    return false;
  }
}

function parse(der: Buffer): ParsedList {
  try {
    const list = new DerReader(der).enter();
    const signed = list.raw();
    const algorithm = list.enter().oid();
    const signature = list.contents(Tag.bitString).subarray(1);
    const body = new DerReader(signed).enter();
    body.skip(Tag.integer);
    if (body.enter().oid() !== algorithm) throw new DerError("it names two signature algorithms");
    body.raw();
    const thisUpdate = body.time();
    const hasNext = body.tag === Tag.utcTime || body.tag === Tag.generalizedTime;
    const nextUpdate = hasNext ? body.time() : null;
    const serials = body.tag === Tag.sequence ? readSerials(body.enter()) : new Set<string>();
    if (body.tag === Tag.context0) refuseCritical(body.enter(Tag.context0).enter());
    return { thisUpdate, nextUpdate, serials, signed, algorithm, signature };
  } catch (error) {
    if (error instanceof DerError) throw new RevocationListError(`revocationList: ${error.message}`);
    throw error;
  }
}

function readSerials(entries: DerReader): Set<string> {
  const serials = new Set<string>();
  while (!entries.isAtEnd) {
    const entry = entries.enter();
    serials.add(normalised(entry.contents(Tag.integer).toString("hex")));
    entry.time();
    if (!entry.isAtEnd) refuseCritical(entry.enter());
  }
  return serials;
}

/** Delta, indirect and partial lists say so in critical extensions, which must not be ignored (RFC 5280, 5.2). */
function refuseCritical(extensions: DerReader): void {
  while (!extensions.isAtEnd) {
    const extension = extensions.enter();
    const oid = extension.oid();
    if (extension.tag === Tag.boolean && extension.contents(Tag.boolean)[0] !== 0) {
      throw new DerError(`its critical extension ${oid} is not understood; allowed: complete, direct lists`);
    }
  }
}

function normalised(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, "");
}
