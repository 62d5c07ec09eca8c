/** The bodies that EST carries (RFC 7030, 3.2.4, with the corrections of RFC 8951): base64 of DER. */
import { DerReader, Tag } from "../x509/der-reader.ts";
import { context, element, oid, sequence, set, smallInteger } from "../x509/der-writer.ts";

const signedData = "1.2.840.113549.1.7.2";
const data = "1.2.840.113549.1.7.1";
const ecPublicKey = "1.2.840.10045.2.1";
const p256 = "1.2.840.10045.3.1.7";
const ecdsaWithSha256 = "1.2.840.10045.4.3.2";

/** A certs-only message: signed data that nobody signed (RFC 5272, 4.1; RFC 5652, 5.1). */
export function certificatesOnly(certificates: readonly Uint8Array[]): Buffer {
  return sequence(
    oid(signedData),
    context(
      0,
      sequence(
        smallInteger(1),
        element(Tag.set),
        sequence(oid(data)),
        context(0, ...certificates),
        element(Tag.set),
      ),
    ),
  );
}

/** DER of each certificate in a certs-only message. Throws DerError for what is none. */
export function readCertificates(message: Buffer): Buffer[] {
  const outer = new DerReader(message).enter();
  if (outer.oid() !== signedData) return [];
  const signed = outer.enter(Tag.context0).enter();
  signed.contents(Tag.integer);
  signed.contents(Tag.set);
  signed.raw();
  if (signed.tag !== Tag.context0) return [];
  const found: Buffer[] = [];
  const certificates = signed.enter(Tag.context0);
  while (!certificates.isAtEnd) found.push(certificates.raw());
  return found;
}

/** What a request should look like (RFC 7030, 4.5.2): a key on P-256, signed with SHA-256. */
export const requestAttributes: Buffer = sequence(
  sequence(oid(ecPublicKey), set(oid(p256))),
  oid(ecdsaWithSha256),
);

export const toBase64 = (der: Uint8Array): string =>
  `${(
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join("\r\n")}\r\n`;

/** `null` for what is not base64; white space is skipped. */
export function fromBase64(body: Uint8Array): Buffer | null {
  const text = Buffer.from(body).toString("latin1").replace(/\s+/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : null;
}
