/**
 * OpenSSH's forms of keys: the public blob (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4)
 * and the private file (PROTOCOL.key in the OpenSSH source).
 */

import type { JsonWebKey, KeyObject } from "node:crypto";
import { createPublicKey, randomBytes } from "node:crypto";
import { encodePem } from "./pem.ts";

/** Label of OpenSSH's private key files. */
export const opensshLabel = "OPENSSH PRIVATE KEY";

const magic = Buffer.from("openssh-key-v1\0", "latin1");

/** An unencrypted file is padded to this many bytes, the block size of the cipher "none". */
const blockSize = 8;

const nistNames: Readonly<Record<string, string>> = {
  "P-256": "nistp256",
  "P-384": "nistp384",
  "P-521": "nistp521",
};

const jwkCurves: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(nistNames).map(([jwk, nist]) => [nist, jwk]),
);

const bytes = (encoded: string | undefined): Buffer => Buffer.from(encoded ?? "", "base64url");

const uint32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};

const field = (content: Uint8Array | string): Buffer => {
  const buffer = Buffer.from(content as Uint8Array);
  return Buffer.concat([uint32(buffer.length), buffer]);
};

/** A positive number: no leading zeros, save one where the first bit is set (RFC 4251 section 5). */
const mpint = (encoded: string | undefined): Buffer => {
  const raw = bytes(encoded);
  const start = raw.findIndex((byte) => byte !== 0);
  const trimmed = start < 0 ? Buffer.alloc(0) : raw.subarray(start);
  return field((trimmed[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed);
};

const ecdsaBlob = (key: JsonWebKey): Buffer | undefined => {
  const name = nistNames[key.crv ?? ""];
  if (name === undefined) return undefined;
  const point = Buffer.concat([Buffer.of(4), bytes(key.x), bytes(key.y)]);
  return Buffer.concat([field(`ecdsa-sha2-${name}`), field(name), field(point)]);
};

/** Whether OpenSSH knows the key's algorithm and curve. */
const exportable = (key: KeyObject): boolean =>
  key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "secp224r1";

/** The public key as OpenSSH sends it; undefined for a curve it does not know. */
export const sshPublicBlob = (key: KeyObject): Buffer | undefined => {
  if (!exportable(key)) return undefined;
  const jwk = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  switch (jwk.kty) {
    case "RSA":
      return Buffer.concat([field("ssh-rsa"), mpint(jwk.e), mpint(jwk.n)]);
    case "EC":
      return ecdsaBlob(jwk);
    default:
      return Buffer.concat([field("ssh-ed25519"), field(bytes(jwk.x))]);
  }
};

/** A line of an authorized_keys file, without a comment. */
export const authorizedKey = (blob: Buffer): string => {
  const nameLength = blob.readUInt32BE(0);
  return `${blob.toString("latin1", 4, 4 + nameLength)} ${blob.toString("base64")}\n`;
};

const privateFields = (jwk: JsonWebKey, blob: Buffer): Buffer => {
  switch (jwk.kty) {
    case "RSA":
      return Buffer.concat([
        field("ssh-rsa"),
        ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map((part) => mpint(part)),
      ]);
    case "EC":
      return Buffer.concat([blob, mpint(jwk.d)]);
    default: {
      const seed = bytes(jwk.d);
      const point = bytes(jwk.x);
      return Buffer.concat([blob, field(Buffer.concat([seed, point]))]);
    }
  }
};

/** The private key as an OpenSSH file without passphrase; empty for a curve OpenSSH does not know. */
export const encodeOpensshPrivateKey = (key: KeyObject): string => {
  const blob = sshPublicBlob(key);
  if (!blob) return "";
  const check = randomBytes(4);
  const comment = field("");
  const content = Buffer.concat([check, check, privateFields(key.export({ format: "jwk" }), blob), comment]);
  const paddingLength = (blockSize - (content.length % blockSize)) % blockSize;
  const padding = Buffer.from(Array.from({ length: paddingLength }, (_, index) => index + 1));
  const none = field("none");
  return encodePem(
    opensshLabel,
    Buffer.concat([
      magic,
      none,
      none,
      field(""),
      uint32(1),
      field(blob),
      field(Buffer.concat([content, padding])),
    ]),
  );
};

class Reader {
  readonly #buffer: Buffer;
  #position = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#buffer.length) throw new Error("it ends early");
    const part = this.#buffer.subarray(this.#position, end);
    this.#position = end;
    return part;
  }

  field(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.field().toString("latin1");
  }
}

const keyFromBlob = (blob: Buffer): KeyObject => {
  const reader = new Reader(blob);
  const name = reader.text();
  if (name === "ssh-rsa") {
    const e = reader.field().toString("base64url");
    const n = reader.field().toString("base64url");
    return createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
  }
  if (name === "ssh-ed25519") {
    const x = reader.field().toString("base64url");
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  }
  const crv = jwkCurves[name.replace("ecdsa-sha2-", "")];
  if (!name.startsWith("ecdsa-sha2-") || crv === undefined)
    throw new Error(`its key is of the type "${name}"`);
  reader.field();
  const point = reader.field();
  const half = (point.length - 1) / 2;
  const x = point.subarray(1, 1 + half).toString("base64url");
  const y = point.subarray(1 + half).toString("base64url");
  return createPublicKey({ key: { kty: "EC", crv, x, y }, format: "jwk" });
};

/**
 * Reads the public key off an OpenSSH private key file.
 * @throws saying what is wrong with the file; the caller names the property
 */
export const publicKeyOfOpensshFile = (content: Buffer): KeyObject => {
  const reader = new Reader(content);
  if (!reader.take(magic.length).equals(magic)) throw new Error("it is not an OpenSSH key file");
  const cipher = reader.text();
  if (cipher !== "none") throw new Error("it is encrypted with a passphrase");
  reader.field();
  reader.field();
  const count = reader.uint32();
  if (count !== 1) throw new Error(`it holds ${count} keys, not one`);
  const blob = reader.field();
  const secrets = new Reader(reader.field());
  if (secrets.uint32() !== secrets.uint32()) throw new Error("its check numbers differ");
  return keyFromBlob(blob);
};
