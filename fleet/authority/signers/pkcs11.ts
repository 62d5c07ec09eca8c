/** A key in a hardware security module or smart card, through its PKCS #11 library. The private key stays in it. */
import { bitString, nullValue, octetString, oid, sequence, integer } from "../../x509/der-writer.ts";
import { DerReader, Tag } from "../../x509/der-reader.ts";
import { asSigner, SignerError, type RemoteLimits, type Signer } from "../signer.ts";
import { ecdsaSignature } from "./ecdsa.ts";
import { attribute, KeyType, Mechanism, ObjectClass, openToken, type Token } from "./pkcs11-token.ts";

export interface Pkcs11Key {
  /** Path of the library (`…/libsofthsm2.so`, `…/opensc-pkcs11.so`). */
  readonly library: string;
  /** Label of the token. */
  readonly token: string;
  /** Label of the key pair. */
  readonly key: string;
}

/** AlgorithmIdentifier of SHA-256, SHA-384 and SHA-512 by length: what RSA signs is a DigestInfo (RFC 8017, 9.2). */
const digestOids: Readonly<Record<number, string>> = {
  32: "2.16.840.1.101.3.4.2.1",
  48: "2.16.840.1.101.3.4.2.2",
  64: "2.16.840.1.101.3.4.2.3",
};

/** Rejects with {@link SignerError}: no such library, token, key; a wrong PIN. */
export async function pkcs11Signer(
  { library, token: label, key: name }: Pkcs11Key,
  pin: string,
  limits: Partial<RemoteLimits> = {},
): Promise<Signer> {
  const description = `PKCS #11 key "${name}" of token "${label}"`;
  const token = await openToken(library, label, pin);
  try {
    const privateKey = token.find(ObjectClass.privateKey, name);
    const publicKey = token.find(ObjectClass.publicKey, name);
    if (privateKey === null || publicKey === null) {
      const missing = privateKey === null ? "private" : "public";
      throw new SignerError(`${description}: there is no ${missing} key with this label`);
    }
    const isElliptic = token.read(publicKey, attribute.keyType).readUInt8() === KeyType.elliptic;
    return asSigner(
      {
        description,
        publicKey: isElliptic ? ellipticKey(token, publicKey) : rsaKey(token, publicKey),
        concurrency: 1,
        sign: async (_message, digest) =>
          isElliptic
            ? ecdsaSignature(await token.sign(privateKey, Mechanism.ecdsa, digest))
            : token.sign(privateKey, Mechanism.rsaPkcs, digestInfo(digest)),
        close: async () => token.close(),
      },
      limits,
    );
  } catch (error) {
    token.close();
    throw error;
  }
}

function ellipticKey(token: Token, publicKey: bigint): Buffer {
  const parameters = token.read(publicKey, attribute.ellipticParameters);
  const wrapped = token.read(publicKey, attribute.ellipticPoint);
  // The point is wrapped in an OCTET STRING by the standard; some libraries leave that out.
  const point = wrapped[0] === Tag.octetString ? new DerReader(wrapped).contents(Tag.octetString) : wrapped;
  return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bitString(point));
}

function rsaKey(token: Token, publicKey: bigint): Buffer {
  const modulus = integer(token.read(publicKey, attribute.modulus));
  const exponent = integer(token.read(publicKey, attribute.publicExponent));
  return sequence(sequence(oid("1.2.840.113549.1.1.1"), nullValue), bitString(sequence(modulus, exponent)));
}

function digestInfo(digest: Buffer): Buffer {
  return sequence(sequence(oid(digestOids[digest.length] as string), nullValue), octetString(digest));
}
