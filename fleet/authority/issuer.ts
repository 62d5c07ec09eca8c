/** Certificate request in, certificate out: what one intermediate signs for one environment. */
import { hash, randomBytes, X509Certificate } from "node:crypto";
import { DerReader, Tag } from "../x509/der-reader.ts";
import type { KeyKind } from "../x509/algorithms.ts";
import { certificateWriter, signedCertificate, type CertificateContents } from "./certificate.ts";
import type { VerifiedRequest } from "./certificate-request.ts";
import { checkSigner, type Signer } from "./signer.ts";

/** Days that a device certificate lives; fewer and its device would renew all the time, more and it is not short-lived. */
export const certificateDays = { least: 7, most: 397, default: 90 } as const;

/** A clock that is behind ours by that much must not take a new certificate for one of tomorrow. */
const backdateMs = 5 * 60_000;
const dayMs = 86_400_000;
/** The two highest bits are 01, so that the number is positive and of this length; 158 are random (RFC 5280, 4.1.2.2). */
const serialBytes = 20;

export interface IssuerOptions {
  /** PEM of the intermediate. */
  readonly certificate: string;
  readonly signer: Signer;
  /** Names the environment in each certificate's URI. */
  readonly environment: string;
  readonly revocationListUrl?: string | null;
  /** Default: the system's. */
  readonly now?: () => Date;
  /** Default: the system's random source. */
  readonly random?: (bytes: number) => Buffer;
}

export interface IssuedCertificate {
  readonly deviceId: string;
  readonly der: Buffer;
  /** Hex, lower case, without leading zeros. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the public key (its SubjectPublicKeyInfo). */
  readonly keyHash: Buffer;
  readonly keyKind: KeyKind;
}

/** The authority can't issue: it has expired, is not one, or the machine's clock is wrong. */
export class IssuerError extends Error {
  override readonly name = "IssuerError";
}

export class Issuer {
  /** PEM, as devices send it behind their own. */
  readonly chain: string;
  readonly certificate: X509Certificate;
  readonly signer: Signer;
  readonly #write: (contents: CertificateContents) => Buffer;
  readonly #now: () => Date;
  readonly #random: (bytes: number) => Buffer;

  /** Throws {@link IssuerError} or SignerError. */
  constructor(options: IssuerOptions) {
    const { certificate, signer, environment, revocationListUrl = null } = options;
    this.certificate = readAuthority(certificate);
    this.chain = this.certificate.toString();
    checkSigner(this.certificate, signer);
    this.signer = signer;
    this.#now = options.now ?? (() => new Date());
    this.#random = options.random ?? randomBytes;
    this.#write = certificateWriter({
      issuer: subjectOf(this.certificate),
      authorityKeyId: subjectKeyId(this.certificate),
      algorithm: signer.algorithm,
      environment,
      revocationListUrl,
    });
  }

  /**
   * How long a certificate asked for now may live: `days`, or until the issuer's own end where that is nearer. Throws
   * {@link IssuerError} where that leaves less than a week, or the clock is not within the issuer's life.
   */
  validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
    const now = this.#now();
    const { validFromDate: from, validToDate: until } = this.certificate;
    const who = `the intermediate "${oneLine(this.certificate.subject)}"`;
    if (now < from) {
      throw new IssuerError(
        `${who} is valid from ${from.toISOString()}, but this machine's clock says ${now.toISOString()}: set the clock`,
      );
    }
    if (until.getTime() - now.getTime() < certificateDays.least * dayMs) {
      throw new IssuerError(
        `${who} ends at ${until.toISOString()}, too soon for a certificate of ${certificateDays.least} days: ` +
          "roll the authority over (docs/fleet.md)",
      );
    }
    const wanted = new Date(wholeSeconds(now.getTime() + days * dayMs));
    const notAfter = wanted < until ? wanted : until;
    const notBefore = new Date(Math.max(wholeSeconds(now.getTime() - backdateMs), from.getTime()));
    return { notBefore, notAfter };
  }

  /** Signs; the caller has to record the certificate before it hands it out. Rejects with SignerError. */
  async issue(
    { deviceId, key }: VerifiedRequest,
    { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
  ): Promise<IssuedCertificate> {
    const serial = this.#serial();
    const signed = this.#write({ deviceId, key, serial, notBefore, notAfter });
    const { algorithm } = this.signer;
    const der = signedCertificate(signed, algorithm, await this.signer.sign(signed));
    const keyHash = hash("sha256", key.spki, "buffer");
    return { deviceId, der, serial: serial.toString("hex"), notBefore, notAfter, keyHash, keyKind: key.kind };
  }

  #serial(): Buffer {
    const serial = this.#random(serialBytes);
    serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
    return serial;
  }
}

const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;
const oneLine = (name: string): string => name.replaceAll("\n", ", ");

function readAuthority(pem: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new IssuerError("the authority's certificate: received something that is no PEM certificate");
  }
  if (!certificate.ca) {
    throw new IssuerError(
      `the authority's certificate: "${oneLine(certificate.subject)}" is not an authority; allowed: one with CA:true`,
    );
  }
  return certificate;
}

/** DER of the subject's name, byte for byte: chains are built by comparing it. */
export function subjectOf(certificate: X509Certificate): Buffer {
  const body = bodyOf(certificate);
  body.skip(Tag.context0);
  body.raw();
  body.raw();
  body.raw();
  body.raw();
  return body.raw();
}

const subjectKeyIdOid = "2.5.29.14";
const context3 = 0xa3;

/** Of the extension, which an authority must have (RFC 5280, 4.2.1.2). Throws {@link IssuerError}. */
export function subjectKeyId(certificate: X509Certificate): Buffer {
  const body = bodyOf(certificate);
  while (!body.isAtEnd) {
    if (body.tag !== context3) {
      body.raw();
      continue;
    }
    const extensions = body.enter(context3).enter();
    while (!extensions.isAtEnd) {
      const extension = extensions.enter();
      const isIt = extension.oid() === subjectKeyIdOid;
      extension.skip(Tag.boolean);
      const value = extension.contents(Tag.octetString);
      if (isIt) return new DerReader(value).contents(Tag.octetString);
    }
  }
  throw new IssuerError(
    `the authority's certificate: "${oneLine(certificate.subject)}" has no subject key identifier (RFC 5280, 4.2.1.2)`,
  );
}

const bodyOf = (certificate: X509Certificate): DerReader => new DerReader(certificate.raw).enter().enter();
