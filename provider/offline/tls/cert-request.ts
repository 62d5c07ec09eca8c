/** `tls:index/certRequest:CertRequest`: a request for a certificate (PKCS #10, RFC 2986). */

import type { KeyObject } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import {
  Attribute,
  Extension,
  Extensions,
  SubjectAlternativeName,
  id_ce_subjectAltName,
} from "@peculiar/asn1-x509";
import type { ResourceDefinition } from "../shared/schema.ts";
import { always, text } from "../shared/schema.ts";
import type { AlternativeNames } from "./alternative-names.ts";
import {
  alternativeNameProperties,
  alternativeNamesOf,
  decodeAlternativeNames,
  encodeAlternativeNames,
} from "./alternative-names.ts";
import { algorithmOf, identifierOf } from "./keys.ts";
import { encodePem, requirePem } from "./pem.ts";
import { decodedKeyInfo, keyOfInfo, signContent, signatureHolds, signatureIdentifier } from "./signing.ts";
import { signingKey } from "./signing-key.ts";
import type { Subject } from "./subject.ts";
import { decodeSubject, encodeSubject, subjectFields, subjectOf } from "./subject.ts";

const requestLabel = "CERTIFICATE REQUEST";

/** PKCS #9 extensionRequest (RFC 2985 section 5.4.2). */
const extensionRequestOid = "1.2.840.113549.1.9.14";

/** What a request asks for. */
export interface CertificateRequest {
  readonly subject: Subject;
  readonly alternativeNames: AlternativeNames;
  readonly publicKey: KeyObject;
}

/** Makes a request, signed by the key it is for, in DER. */
export const issueRequest = (subject: Subject, names: AlternativeNames, key: KeyObject): Buffer => {
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: encodeSubject(subject),
    subjectPKInfo: decodedKeyInfo(key),
  });
  const encoded = encodeAlternativeNames(names);
  if (encoded) {
    const extnValue = new OctetString(AsnConvert.serialize(encoded));
    const extensions = new Extensions([new Extension({ extnID: id_ce_subjectAltName, extnValue })]);
    certificationRequestInfo.attributes.push(
      new Attribute({ type: extensionRequestOid, values: [AsnConvert.serialize(extensions)] }),
    );
  }
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: signatureIdentifier(key),
    signature: signContent(AsnConvert.serialize(certificationRequestInfo), key),
  });
  return Buffer.from(AsnConvert.serialize(request));
};

/**
 * Reads a request in PEM form.
 * @throws naming the property, also if the request is not signed by the key it is for
 */
export const parseRequest = (pem: string, property: string): CertificateRequest => {
  const der = requirePem(pem, requestLabel, property);
  let request: CertificationRequest;
  let publicKey: KeyObject;
  try {
    request = AsnConvert.parse(der, CertificationRequest);
    publicKey = keyOfInfo(request.certificationRequestInfo.subjectPKInfo);
  } catch {
    throw new Error(`${property}: its "${requestLabel}" block is not a certificate request`);
  }
  algorithmOf(publicKey, property);
  const info = request.certificationRequestInfo;
  const signed = new Uint8Array(request.certificationRequestInfoRaw ?? AsnConvert.serialize(info));
  if (!signatureHolds(signed, request.signature, request.signatureAlgorithm, publicKey)) {
    throw new Error(`${property}: the certificate request is not signed by the key it is for`);
  }
  return { subject: decodeSubject(info.subject), alternativeNames: requestedNames(info), publicKey };
};

const requestedNames = (info: CertificationRequestInfo): AlternativeNames => {
  const [extensions] = info.attributes.find(({ type }) => type === extensionRequestOid)?.values ?? [];
  const requested = extensions
    ? AsnConvert.parse(extensions, Extensions).find(({ extnID }) => extnID === id_ce_subjectAltName)
    : undefined;
  const names = requested ? AsnConvert.parse(requested.extnValue.buffer, SubjectAlternativeName) : [];
  return decodeAlternativeNames(new SubjectAlternativeName([...names]));
};

const key = signingKey("privateKeyPem", "subject");

export const certRequest: ResourceDefinition = {
  token: "tls:index/certRequest:CertRequest",
  description: "Makes a certificate signing request.",
  stateVersion: 0,
  properties: {
    ...key.properties,
    ...alternativeNameProperties,
    subject: {
      type: { kind: "record", typeName: "CertRequestSubject", fields: subjectFields },
      role: "input",
      description: "Subject a certificate is requested for.",
      replaces: always,
    },
    certRequestPem: {
      type: text,
      role: "output",
      description: "The request in PEM form.",
      reveals: ["subject", "dnsNames", "ipAddresses", "uris"],
    },
    keyAlgorithm: { type: text, role: "output", description: "Algorithm of the private key." },
    id: { type: text, role: "output", description: "SHA-1 of the request, in hexadecimal." },
  },
  checkTogether: key.check,
  create: (planned, inputs) => {
    const privateKey = key.read(inputs);
    const der = issueRequest(subjectOf(planned["subject"]), alternativeNamesOf(planned), privateKey);
    return {
      certRequestPem: encodePem(requestLabel, der),
      keyAlgorithm: algorithmOf(privateKey, "privateKeyPem"),
      id: identifierOf(der),
    };
  },
};
