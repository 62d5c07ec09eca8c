/**
 * Key stores by PKCS #12 (RFC 7292), as OpenSSL, Java and Windows read them: AES-256-CBC under PBKDF2 with
 * HMAC-SHA-256 (PBES2, RFC 8018), the whole authenticated by HMAC-SHA-256.
 */
import { createCipheriv, createHmac, hash, pbkdf2Sync, randomBytes, type KeyObject } from "node:crypto";
import {
  context,
  contextPrimitive,
  element,
  nullValue,
  octetString,
  oid,
  sequence,
  set,
  smallInteger,
} from "../x509/der-writer.ts";

export interface KeyStoreContents {
  /** A private key and its chain, the device's certificate first, as DER. */
  readonly entry: { readonly key: KeyObject; readonly chain: readonly Buffer[] } | null;
  /** Certificates to trust, DER, each under its name. */
  readonly trusted: readonly { readonly alias: string; readonly certificate: Buffer }[];
  /** Name of the key entry. */
  readonly alias: string;
}

/** As OpenSSL 3 and Java 17 do; half a second for a thousand devices, and a long passphrase does the rest. */
const iterations = 10_000;
const hashBytes = 32;
const blockBytes = 64;

const data = oid("1.2.840.113549.1.7.1");
const encryptedData = oid("1.2.840.113549.1.7.6");
const sha256 = sequence(oid("2.16.840.1.101.3.4.2.1"), nullValue);
const x509Certificate = oid("1.2.840.113549.1.9.22.1");
const certificateBag = oid("1.2.840.113549.1.12.10.1.3");
const shroudedKeyBag = oid("1.2.840.113549.1.12.10.1.2");
const friendlyName = oid("1.2.840.113549.1.9.20");
const localKeyId = oid("1.2.840.113549.1.9.21");
/** By it Java tells a certificate that is trusted from one that only stands in a chain; any purpose. */
const trustedKeyUsage = oid("2.16.840.1.113894.746875.1.1");
const anyPurpose = oid("2.5.29.37.0");

export function keyStore({ entry, trusted, alias }: KeyStoreContents, passphrase: string): Buffer {
  const certificates = [
    ...(entry === null
      ? []
      : entry.chain.map((certificate, index) =>
          certificateIn(certificate, index === 0 ? keyAttributes(alias, entry.chain) : set()),
        )),
    ...trusted.map((one) =>
      certificateIn(one.certificate, set(named(one.alias), sequence(trustedKeyUsage, set(anyPurpose)))),
    ),
  ];
  const safe = sequence(
    ...(certificates.length === 0 ? [] : [encryptedContents(sequence(...certificates), passphrase)]),
    ...(entry === null
      ? []
      : [
          sequence(data, context(0, octetString(sequence(keyIn(entry.key, alias, entry.chain, passphrase))))),
        ]),
  );
  const salt = randomBytes(20);
  const mac = createHmac("sha256", derived(passphrase, salt, 3))
    .update(safe)
    .digest();
  return sequence(
    smallInteger(3),
    sequence(data, context(0, octetString(safe))),
    sequence(sequence(sha256, octetString(mac)), octetString(salt), smallInteger(iterations)),
  );
}

function certificateIn(certificate: Buffer, attributes: Buffer): Buffer {
  const value = sequence(x509Certificate, context(0, octetString(certificate)));
  // An empty set of attributes is left out.
  return sequence(certificateBag, context(0, value), ...(attributes.length === 2 ? [] : [attributes]));
}

function keyIn(key: KeyObject, alias: string, chain: readonly Buffer[], passphrase: string): Buffer {
  const plain = key.export({ type: "pkcs8", format: "der" });
  const { algorithm, encrypted } = encrypt(plain, passphrase);
  plain.fill(0);
  return sequence(
    shroudedKeyBag,
    context(0, sequence(algorithm, octetString(encrypted))),
    keyAttributes(alias, chain),
  );
}

/** The same on the key and on its certificate: that is how a reader puts them together. */
function keyAttributes(alias: string, [certificate]: readonly Buffer[]): Buffer {
  const id = hash("sha1", certificate ?? Buffer.alloc(0), "buffer");
  return set(named(alias), sequence(localKeyId, set(octetString(id))));
}

function named(alias: string): Buffer {
  return sequence(friendlyName, set(element(0x1e, bmp(alias))));
}

function encryptedContents(contents: Buffer, passphrase: string): Buffer {
  const { algorithm, encrypted } = encrypt(contents, passphrase);
  const info = sequence(data, algorithm, contextPrimitive(0, encrypted));
  return sequence(encryptedData, context(0, sequence(smallInteger(0), info)));
}

function encrypt(plain: Buffer, passphrase: string): { algorithm: Buffer; encrypted: Buffer } {
  const [salt, vector] = [randomBytes(16), randomBytes(16)];
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, vector);
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  const hmacSha256 = sequence(oid("1.2.840.113549.2.9"), nullValue);
  const derivation = sequence(
    oid("1.2.840.113549.1.5.12"),
    sequence(octetString(salt), smallInteger(iterations), hmacSha256),
  );
  const scheme = sequence(oid("2.16.840.1.101.3.4.1.42"), octetString(vector));
  return { algorithm: sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, scheme)), encrypted };
}

/** The derivation of RFC 7292, appendix B.2; `purpose` 3 is the key of the authentication code. */
function derived(passphrase: string, salt: Buffer, purpose: number): Buffer {
  const stretched = (bytes: Buffer): Buffer =>
    Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
  const password = Buffer.concat([bmp(passphrase), Buffer.alloc(2)]);
  let value = Buffer.concat([Buffer.alloc(blockBytes, purpose), stretched(salt), stretched(password)]);
  for (let round = 0; round < iterations; round += 1) value = hash("sha256", value, "buffer") as typeof value;
  return value.subarray(0, hashBytes);
}

/** UTF-16, highest octet first. */
const bmp = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
