/** What getCertificate tells about a certificate, in the words of the real provider (Go's crypto/x509). */

import { createHash } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, Certificate, id_ce_basicConstraints } from "@peculiar/asn1-x509";
import type { PropertyTable } from "../shared/schema.ts";
import { flag, integer, text } from "../shared/schema.ts";
import { certificateLabel, integerValue, readExtension } from "./certificate.ts";
import { encodePem } from "./pem.ts";
import { signatureName } from "./signing.ts";
import { subjectText } from "./subject.ts";

/** A certificate as the program gets it. */
export type CertificateDetails = Record<string, string | number | boolean>;

/** The properties of {@link CertificateDetails}, in the order that its identifier is made of. */
export const certificateDetailProperties: PropertyTable = {
  signatureAlgorithm: { type: text, role: "output", description: "Algorithm of the signature." },
  publicKeyAlgorithm: { type: text, role: "output", description: "Algorithm of the key." },
  serialNumber: { type: text, role: "output", description: "Serial number, in decimal." },
  isCa: { type: flag, role: "output", description: "Whether it may sign others." },
  maxPathLength: {
    type: integer,
    role: "output",
    description: "Most authorities that may follow; -1: any number.",
  },
  version: { type: integer, role: "output", description: "Version of the certificate's form." },
  issuer: { type: text, role: "output", description: "Who signed it." },
  subject: { type: text, role: "output", description: "Who it is for." },
  notBefore: { type: text, role: "output", description: "Start of validity (RFC 3339)." },
  notAfter: { type: text, role: "output", description: "End of validity (RFC 3339)." },
  sha1Fingerprint: { type: text, role: "output", description: "SHA-1 of the certificate, in hexadecimal." },
  certPem: { type: text, role: "output", description: "The certificate in PEM form." },
};

/** Key algorithms by object identifier (RFC 3279, RFC 5480, RFC 8410); "0" for another one. */
const keyAlgorithmNames: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.1": "RSA",
  "1.2.840.10040.4.1": "DSA",
  "1.2.840.10045.2.1": "ECDSA",
  "1.3.101.112": "Ed25519",
};

const withoutMilliseconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "Z");

/** Describes a certificate given in DER. */
export const certificateDetails = (der: Uint8Array): CertificateDetails => {
  const certificate = AsnConvert.parse(der, Certificate);
  const { tbsCertificate } = certificate;
  const constraints = readExtension(certificate, id_ce_basicConstraints, BasicConstraints);
  return {
    signatureAlgorithm: signatureName(certificate.signatureAlgorithm),
    publicKeyAlgorithm: keyAlgorithmNames[tbsCertificate.subjectPublicKeyInfo.algorithm.algorithm] ?? "0",
    serialNumber: integerValue(tbsCertificate.serialNumber).toString(),
    isCa: constraints?.cA ?? false,
    maxPathLength: constraints ? (constraints.pathLenConstraint ?? -1) : 0,
    version: tbsCertificate.version + 1,
    issuer: subjectText(tbsCertificate.issuer),
    subject: subjectText(tbsCertificate.subject),
    notBefore: withoutMilliseconds(tbsCertificate.validity.notBefore.getTime()),
    notAfter: withoutMilliseconds(tbsCertificate.validity.notAfter.getTime()),
    sha1Fingerprint: createHash("sha1").update(der).digest("hex"),
    certPem: encodePem(certificateLabel, der),
  };
};

/** SHA-1 over the list of details as Go prints it, which is what the real provider takes for an identifier. */
export const certificatesIdentifier = (certificates: readonly CertificateDetails[]): string => {
  const printed = certificates.map((details) => {
    const values = Object.keys(certificateDetailProperties).map((name) => JSON.stringify(details[name]));
    return `{${values.join(" ")}}`;
  });
  return createHash("sha1")
    .update(`[${printed.join(" ")}]`)
    .digest("hex");
};
