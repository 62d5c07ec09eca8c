/** Signatures on certificates and requests (RFC 3279, RFC 5758, RFC 8410). */

import type { KeyObject } from "node:crypto";
import { createPublicKey, sign, verify } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import type { Curve } from "./keys.ts";
import { curveOf, publicKeyInfo } from "./keys.ts";

/** A signature algorithm: its identifier, the digest under it, and the name Go's crypto/x509 shows. */
interface SignatureAlgorithm {
  readonly oid: string;
  /** Null where the algorithm digests by itself. */
  readonly digest: string | null;
  readonly name: string;
  /** RSA identifiers carry a NULL parameter (RFC 4055 section 5). */
  readonly nullParameter?: true;
}

const rsaWithSha256: SignatureAlgorithm = {
  oid: "1.2.840.113549.1.1.11",
  digest: "sha256",
  name: "SHA256-RSA",
  nullParameter: true,
};
const ecdsaWithSha256: SignatureAlgorithm = {
  oid: "1.2.840.10045.4.3.2",
  digest: "sha256",
  name: "ECDSA-SHA256",
};
const ecdsaWithSha384: SignatureAlgorithm = {
  oid: "1.2.840.10045.4.3.3",
  digest: "sha384",
  name: "ECDSA-SHA384",
};
const ecdsaWithSha512: SignatureAlgorithm = {
  oid: "1.2.840.10045.4.3.4",
  digest: "sha512",
  name: "ECDSA-SHA512",
};
const ed25519: SignatureAlgorithm = { oid: "1.3.101.112", digest: null, name: "Ed25519" };

const byCurve: Record<Curve, SignatureAlgorithm> = {
  P224: ecdsaWithSha256,
  P256: ecdsaWithSha256,
  P384: ecdsaWithSha384,
  P521: ecdsaWithSha512,
};

/** Algorithms other issuers use, which are read but never written. */
const foreign: readonly SignatureAlgorithm[] = [
  { oid: "1.2.840.113549.1.1.4", digest: "md5", name: "MD5-RSA" },
  { oid: "1.2.840.113549.1.1.5", digest: "sha1", name: "SHA1-RSA" },
  { oid: "1.2.840.113549.1.1.12", digest: "sha384", name: "SHA384-RSA" },
  { oid: "1.2.840.113549.1.1.13", digest: "sha512", name: "SHA512-RSA" },
  { oid: "1.2.840.10040.4.3", digest: "sha1", name: "DSA-SHA1" },
  { oid: "2.16.840.1.101.3.4.3.2", digest: "sha256", name: "DSA-SHA256" },
  { oid: "1.2.840.10045.4.1", digest: "sha1", name: "ECDSA-SHA1" },
];

const known: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  [rsaWithSha256, ecdsaWithSha256, ecdsaWithSha384, ecdsaWithSha512, ed25519, ...foreign].map((algorithm) => [
    algorithm.oid,
    algorithm,
  ]),
);

const rsaPssOid = "1.2.840.113549.1.1.10";

/** RSASSA-PSS names its digest in its parameters, where these identifiers stand in DER. */
const pssNames: readonly (readonly [string, string])[] = [
  ["0609608648016503040201", "SHA256-RSAPSS"],
  ["0609608648016503040202", "SHA384-RSAPSS"],
  ["0609608648016503040203", "SHA512-RSAPSS"],
];

const algorithmFor = (key: KeyObject): SignatureAlgorithm => {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return rsaWithSha256;
    case "ec":
      return byCurve[curveOf(key, "key")];
    default:
      return ed25519;
  }
};

/** The identifier of the algorithm a key signs with. */
export const signatureIdentifier = (key: KeyObject): AlgorithmIdentifier => {
  const { oid, nullParameter } = algorithmFor(key);
  return new AlgorithmIdentifier({ algorithm: oid, ...(nullParameter ? { parameters: null } : {}) });
};

/** Signs content with the algorithm of {@link signatureIdentifier}. */
export const signContent = (content: ArrayBuffer, key: KeyObject): ArrayBuffer =>
  new Uint8Array(sign(algorithmFor(key).digest, new Uint8Array(content), key)).buffer;

/** Whether a signature by one of the package's algorithms holds. */
export const signatureHolds = (
  content: Uint8Array,
  signature: ArrayBuffer,
  algorithm: AlgorithmIdentifier,
  publicKey: KeyObject,
): boolean => {
  const digest = known.get(algorithm.algorithm)?.digest;
  return digest !== undefined && verify(digest, content, publicKey, new Uint8Array(signature));
};

/** The name Go's crypto/x509 has for a signature algorithm; "0" for one it does not know. */
export const signatureName = ({ algorithm, parameters }: AlgorithmIdentifier): string => {
  if (algorithm !== rsaPssOid) return known.get(algorithm)?.name ?? "0";
  const encoded = Buffer.from(parameters ?? new ArrayBuffer(0)).toString("hex");
  return pssNames.find(([oid]) => encoded.includes(oid))?.[1] ?? "0";
};

/** A key's SubjectPublicKeyInfo, decoded. */
export const decodedKeyInfo = (key: KeyObject): SubjectPublicKeyInfo =>
  AsnConvert.parse(publicKeyInfo(key), SubjectPublicKeyInfo);

/** The key in a SubjectPublicKeyInfo. */
export const keyOfInfo = (info: SubjectPublicKeyInfo): KeyObject =>
  createPublicKey({ key: Buffer.from(AsnConvert.serialize(info)), format: "der", type: "spki" });
