/** Signature algorithms (RFC 5758, RFC 4055) and public keys (RFC 5480, RFC 3279) that may occur in a fleet. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { DerError, DerReader, Tag } from "./der-reader.ts";
import { nullValue, oid, sequence } from "./der-writer.ts";

export interface SignatureAlgorithm {
  readonly name: string;
  readonly oid: string;
  /** `null` where the algorithm has its own. */
  readonly digest: "sha256" | "sha384" | "sha512" | null;
  /** DER of its AlgorithmIdentifier. */
  readonly identifier: Buffer;
  readonly isFor: (kind: KeyKind) => boolean;
}

function algorithm(
  name: string,
  dotted: string,
  digest: SignatureAlgorithm["digest"],
  parameters?: Buffer,
): SignatureAlgorithm {
  const parts = parameters === undefined ? [oid(dotted)] : [oid(dotted), parameters];
  const isFor = (kind: KeyKind): boolean => name.startsWith(kind === "RSA" ? "RSA" : "ECDSA");
  return { name, oid: dotted, digest, identifier: sequence(...parts), isFor };
}

export const ecdsaSha256 = algorithm("ECDSA with SHA-256", "1.2.840.10045.4.3.2", "sha256");
export const ecdsaSha384 = algorithm("ECDSA with SHA-384", "1.2.840.10045.4.3.3", "sha384");
const ecdsaSha512 = algorithm("ECDSA with SHA-512", "1.2.840.10045.4.3.4", "sha512");
export const rsaSha256 = algorithm("RSA with SHA-256", "1.2.840.113549.1.1.11", "sha256", nullValue);
const others = [
  algorithm("RSA with SHA-384", "1.2.840.113549.1.1.12", "sha384", nullValue),
  algorithm("RSA with SHA-512", "1.2.840.113549.1.1.13", "sha512", nullValue),
  algorithm("Ed25519", "1.3.101.112", null),
];

const byOid: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  [ecdsaSha256, ecdsaSha384, ecdsaSha512, rsaSha256, ...others].map((one) => [one.oid, one]),
);

/** SHA-1 and older are not among them. */
export const signatureAlgorithm = (dotted: string): SignatureAlgorithm | undefined => byOid.get(dotted);

/** What a key of this kind signs certificates with. Throws where it should not sign any. */
export function signingAlgorithm(key: KeyObject): SignatureAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ec" && details?.namedCurve === "prime256v1") return ecdsaSha256;
  if (type === "ec" && details?.namedCurve === "secp384r1") return ecdsaSha384;
  if (type === "ec" && details?.namedCurve === "secp521r1") return ecdsaSha512;
  if (type === "rsa" && (details?.modulusLength ?? 0) >= 2048) return rsaSha256;
  const size = details?.namedCurve ?? details?.modulusLength;
  throw new Error(
    `the authority's key: received a key of type ${[type, size].filter((word) => word !== undefined).join(" ")}; ` +
      "allowed: ECDSA P-256, P-384 or P-521, or RSA from 2048 bits",
  );
}

/** Kinds of device keys, as a registry counts them. */
export const keyKinds = ["P-256", "P-384", "RSA", "other"] as const;
export type KeyKind = (typeof keyKinds)[number];

export interface DevicePublicKey {
  readonly kind: KeyKind;
  /** Bits of the field or the modulus; `null` where the kind is not known. */
  readonly bits: number | null;
  /** What the request or certificate calls it, for messages. */
  readonly name: string;
  /** DER of its SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** The bit string within: point or RSAPublicKey; what key identifiers are the hash of (RFC 5280, 4.2.1.2). */
  readonly keyBits: Buffer;
  readonly load: () => KeyObject;
}

const ecPublicKey = "1.2.840.10045.2.1";
const rsaEncryption = "1.2.840.113549.1.1.1";
const curves: Readonly<Record<string, { kind: KeyKind; name: string; bits: number; jwk: string | null }>> = {
  "1.2.840.10045.3.1.7": { kind: "P-256", name: "P-256", bits: 256, jwk: "P-256" },
  "1.3.132.0.34": { kind: "P-384", name: "P-384", bits: 384, jwk: "P-384" },
  "1.2.840.10045.3.1.1": { kind: "other", name: "P-192", bits: 192, jwk: null },
  "1.3.132.0.33": { kind: "other", name: "P-224", bits: 224, jwk: null },
  "1.3.132.0.35": { kind: "other", name: "P-521", bits: 521, jwk: null },
  "1.3.132.0.10": { kind: "other", name: "secp256k1", bits: 256, jwk: null },
};

/**
 * Reads a SubjectPublicKeyInfo. Throws {@link DerError} for what is none; a kind that devices should not have is
 * `other`, for the caller to name. `load` throws where the point does not lie on its curve.
 */
export function readPublicKey(spki: Buffer): DevicePublicKey {
  const outer = new DerReader(spki).enter();
  const identifier = outer.enter();
  const algorithmOid = identifier.oid();
  const bitStringContents = outer.contents(Tag.bitString);
  if (!outer.isAtEnd || bitStringContents[0] !== 0) throw new DerError("a public key with stray bits");
  const keyBits = bitStringContents.subarray(1);
  const fallback = (name: string, bits: number | null = null): DevicePublicKey => ({
    kind: "other",
    bits,
    name,
    spki,
    keyBits,
    load: () => createPublicKey({ key: spki, format: "der", type: "spki" }),
  });
  if (algorithmOid === rsaEncryption) {
    const modulus = new DerReader(keyBits).enter().contents(Tag.integer);
    const bits = bitLength(modulus);
    return { ...fallback(`RSA of ${bits} bits`, bits), kind: "RSA" };
  }
  if (algorithmOid !== ecPublicKey) return fallback(`the algorithm ${algorithmOid}`);
  // Curves written out as parameters have hidden weak ones (CVE-2020-0601): only named ones are read.
  if (identifier.tag !== Tag.oid) return fallback("an elliptic curve without a name");
  const curveOid = identifier.oid();
  const curve = curves[curveOid];
  if (curve === undefined) return fallback(`the elliptic curve ${curveOid}`);
  if (curve.jwk === null) return { ...fallback(curve.name, curve.bits), kind: curve.kind };
  const size = curve.bits / 8;
  if (keyBits.length !== 1 + 2 * size || keyBits[0] !== 4) {
    throw new DerError(`a point of ${curve.name} that is not uncompressed (RFC 5480, 2.2)`);
  }
  const { jwk } = curve;
  return {
    ...fallback(curve.name, curve.bits),
    kind: curve.kind,
    // Twice as fast as the import of the whole SubjectPublicKeyInfo.
    load: () =>
      createPublicKey({
        format: "jwk",
        key: {
          kty: "EC",
          crv: jwk,
          x: keyBits.toString("base64url", 1, 1 + size),
          y: keyBits.toString("base64url", 1 + size),
        },
      }),
  };
}

function bitLength(magnitude: Buffer): number {
  const start = magnitude.findIndex((byte) => byte !== 0);
  if (start < 0) return 0;
  return (magnitude.length - start) * 8 - (Math.clz32(magnitude[start] as number) - 24);
}
