/** Makes and reads certificates (RFC 5280), with the extensions and in the order of the real provider. */

import type { KeyObject } from "node:crypto";
import { createHash, randomBytes } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  KeyIdentifier,
  KeyUsage,
  SubjectKeyIdentifier,
  TBSCertificate,
  Validity,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import type { Name } from "@peculiar/asn1-x509";
import type { AlternativeNames } from "./alternative-names.ts";
import { encodeAlternativeNames } from "./alternative-names.ts";
import { requirePem } from "./pem.ts";
import { decodedKeyInfo, keyOfInfo, signContent, signatureIdentifier } from "./signing.ts";
import type { Subject } from "./subject.ts";
import { encodeSubject } from "./subject.ts";
import { extendedKeyUsageIds, keyUsageBits } from "./usages.ts";

/** Label of a certificate's PEM block. */
export const certificateLabel = "CERTIFICATE";

/** 128 random bits, as the real provider draws; RFC 5280 section 4.1.2.2 allows up to 159. */
const serialNumberBytes = 16;

/** Who signs a certificate. */
export interface Issuer {
  readonly key: KeyObject;
  /** Absent where the certificate signs itself. */
  readonly certificate?: Certificate;
}

/** What is to stand in a certificate. */
export interface CertificateContent {
  readonly subject: Subject;
  readonly alternativeNames: AlternativeNames;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly uses: readonly string[];
  readonly isAuthority: boolean;
  /** Most authorities that may follow; negative or undefined: any number. Only for an authority. */
  readonly maxPathLength: number | undefined;
  readonly withSubjectKeyId: boolean;
  /** Even where the certificate signs itself; one signed by another has it if the other has an identifier. */
  readonly withAuthorityKeyId: boolean;
}

/** A certificate that has been made. */
export interface IssuedCertificate {
  readonly der: Buffer;
  /** Decimal. */
  readonly serialNumber: string;
}

const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** An extension of a certificate, decoded; undefined if it is not there. */
export const readExtension = <T>(certificate: Certificate, id: string, form: new () => T): T | undefined => {
  const found = certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === id);
  return found && AsnConvert.parse(found.extnValue.buffer, form);
};

/**
 * SHA-1 over the public key's bits (RFC 5280 section 4.2.1.2, method 1). For Ed25519 the real provider
 * hashes the bits inside their own OCTET STRING, so this does.
 */
const subjectKeyId = (key: KeyObject): ArrayBuffer => {
  const bits = new Uint8Array(decodedKeyInfo(key).subjectPublicKey);
  const hashed =
    key.asymmetricKeyType === "ed25519" ? Buffer.concat([Buffer.of(0x04, bits.length), bits]) : bits;
  return new Uint8Array(createHash("sha1").update(hashed).digest()).buffer;
};

const authorityKeyId = (
  content: CertificateContent,
  issuer: Issuer,
  own: ArrayBuffer | undefined,
): ArrayBuffer | undefined => {
  if (!issuer.certificate) return content.withAuthorityKeyId ? own : undefined;
  return readExtension(issuer.certificate, id_ce_subjectKeyIdentifier, SubjectKeyIdentifier)?.buffer;
};

const extensionsOf = (content: CertificateContent, issuer: Issuer, hasSubject: boolean): Extensions => {
  const extensions = new Extensions();
  const usage = keyUsageBits(content.uses);
  if (usage !== 0) extensions.push(extension(id_ce_keyUsage, new KeyUsage(usage), true));

  const extendedUsage = extendedKeyUsageIds(content.uses);
  if (extendedUsage.length > 0) {
    extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(extendedUsage)));
  }

  const { isAuthority, maxPathLength } = content;
  const limited = isAuthority && maxPathLength !== undefined && maxPathLength >= 0;
  const constraints = new BasicConstraints({
    cA: isAuthority,
    ...(limited ? { pathLenConstraint: maxPathLength } : {}),
  });
  extensions.push(extension(id_ce_basicConstraints, constraints, true));

  const own = content.withSubjectKeyId || isAuthority ? subjectKeyId(content.publicKey) : undefined;
  if (own) extensions.push(extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(own)));

  const authority = authorityKeyId(content, issuer, own);
  if (authority) {
    const keyIdentifier = new KeyIdentifier(authority);
    extensions.push(extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier })));
  }

  const names = encodeAlternativeNames(content.alternativeNames);
  // Without a subject the names are all there is (RFC 5280 section 4.2.1.6).
  if (names) extensions.push(extension(id_ce_subjectAltName, names, !hasSubject));
  return extensions;
};

/** A positive number in as few bytes as DER wants. */
const newSerialNumber = (): bigint => {
  const number = BigInt(`0x${randomBytes(serialNumberBytes).toString("hex")}`);
  return number === 0n ? newSerialNumber() : number;
};

const integerBytes = (value: bigint): ArrayBuffer => {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Buffer.from(even, "hex");
  const signed = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return new Uint8Array(signed).buffer;
};

/** The number in a DER INTEGER's content. */
export const integerValue = (content: ArrayBuffer): bigint => {
  const hex = Buffer.from(content).toString("hex");
  return hex === "" ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`));
};

/** Makes a certificate. */
export const issueCertificate = (content: CertificateContent, issuer: Issuer): IssuedCertificate => {
  const subject = encodeSubject(content.subject);
  const issuerName: Name = issuer.certificate?.tbsCertificate.subject ?? subject;
  const serialNumber = newSerialNumber();
  const signature = signatureIdentifier(issuer.key);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: integerBytes(serialNumber),
    signature,
    issuer: issuerName,
    validity: new Validity({ notBefore: content.notBefore, notAfter: content.notAfter }),
    subject,
    subjectPublicKeyInfo: decodedKeyInfo(content.publicKey),
    extensions: extensionsOf(content, issuer, subject.length > 0),
  });
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: signature,
    signatureValue: signContent(AsnConvert.serialize(tbsCertificate), issuer.key),
  });
  return { der: Buffer.from(AsnConvert.serialize(certificate)), serialNumber: serialNumber.toString() };
};

/**
 * Reads a certificate in PEM form.
 * @throws naming the property
 */
export const parseCertificate = (pem: string, property: string): Certificate => {
  const der = requirePem(pem, certificateLabel, property);
  try {
    return AsnConvert.parse(der, Certificate);
  } catch {
    throw new Error(`${property}: its "${certificateLabel}" block is not a certificate`);
  }
};

/** Whether a certificate may sign others. */
export const isAuthority = (certificate: Certificate): boolean =>
  readExtension(certificate, id_ce_basicConstraints, BasicConstraints)?.cA ?? false;

/** The key a certificate is for. */
export const keyOfCertificate = (certificate: Certificate): KeyObject =>
  keyOfInfo(certificate.tbsCertificate.subjectPublicKeyInfo);
