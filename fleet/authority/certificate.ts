/**
 * The device certificate, written out: RFC 5280 with the profile of constrained devices
 * (draft-ietf-uta-tls13-iot-profile). Parts that are equal in all certificates of an issuer are made once.
 */
import { hash } from "node:crypto";
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
  trueValue,
} from "../x509/der-writer.ts";
import { Tag } from "../x509/der-reader.ts";
import type { DevicePublicKey, SignatureAlgorithm } from "../x509/algorithms.ts";
import { deviceUri } from "./device-id.ts";
import { commonName } from "./names.ts";

/** What all certificates of an issuer have in common. */
export interface CertificateFrame {
  /** DER of the issuer's subject, byte for byte. */
  readonly issuer: Buffer;
  /** Of the issuer's subject key identifier. */
  readonly authorityKeyId: Buffer;
  readonly algorithm: SignatureAlgorithm;
  readonly environment: string;
  /** Where a revocation list can be fetched, for brokers that fetch it; `null` leaves the extension out. */
  readonly revocationListUrl: string | null;
}

export interface CertificateContents {
  readonly deviceId: string;
  readonly key: DevicePublicKey;
  readonly serial: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const extension = (dotted: string, value: Uint8Array, isCritical = false): Buffer =>
  isCritical
    ? sequence(oid(dotted), trueValue, octetString(value))
    : sequence(oid(dotted), octetString(value));

const version3 = context(0, smallInteger(2));
const notAnAuthority = extension("2.5.29.19", sequence(), true);
/** digitalSignature is bit 0; seven unused bits. */
const digitalSignature = extension("2.5.29.15", bitString(Buffer.of(0b1000_0000), 7), true);
const clientAuth = extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.2")));
const subjectKeyIdOid = oid("2.5.29.14");
const alternativeNameOid = oid("2.5.29.17");
const uri = 6;

/** Makes the parts to be signed; {@link signedCertificate} puts the signature to them. */
export function certificateWriter(frame: CertificateFrame): (contents: CertificateContents) => Buffer {
  const { issuer, authorityKeyId, algorithm, environment, revocationListUrl } = frame;
  const fixed = Buffer.concat([notAnAuthority, digitalSignature, clientAuth]);
  const authorityKey = extension("2.5.29.35", sequence(contextPrimitive(0, authorityKeyId)));
  const distribution =
    revocationListUrl === null
      ? Buffer.alloc(0)
      : extension("2.5.29.31", distributionPoint(revocationListUrl));
  return ({ deviceId, key, serial, notBefore, notAfter }) =>
    sequence(
      version3,
      integer(serial),
      algorithm.identifier,
      issuer,
      sequence(time(notBefore), time(notAfter)),
      commonName(deviceId),
      key.spki,
      context(
        3,
        sequence(
          fixed,
          sequence(subjectKeyIdOid, octetString(octetString(keyIdentifier(key.keyBits)))),
          authorityKey,
          sequence(
            alternativeNameOid,
            octetString(
              sequence(contextPrimitive(uri, Buffer.from(deviceUri(environment, deviceId), "latin1"))),
            ),
          ),
          distribution,
        ),
      ),
    );
}

export function signedCertificate(signed: Buffer, algorithm: SignatureAlgorithm, signature: Buffer): Buffer {
  return sequence(signed, algorithm.identifier, bitString(signature));
}

/** SHA-256 cut to 160 bits (RFC 7093, 2, method 1). */
export function keyIdentifier(keyBits: Buffer): Buffer {
  return hash("sha256", keyBits, "buffer").subarray(0, 20);
}

function distributionPoint(url: string): Buffer {
  const fullName = context(0, contextPrimitive(uri, Buffer.from(url, "latin1")));
  return sequence(element(Tag.sequence, context(0, fullName)));
}
