/** Private keys: making them, reading them, and what follows from them. */

import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { ValueMap } from "../shared/values.ts";
import { authorizedKey, sshPublicBlob } from "./openssh.ts";
import { decodePem, encodePem } from "./pem.ts";

/** Algorithms by the names the package uses. */
export const algorithms = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof algorithms)[number];

/** NIST curves by the names the package uses. */
export const curves = ["P224", "P256", "P384", "P521"] as const;
export type Curve = (typeof curves)[number];

const opensslCurveNames: Record<Curve, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

const generate = promisify(generateKeyPair);

/**
 * Makes a private key.
 * @param rsaBits length of the modulus; only for RSA
 * @param curve only for ECDSA
 */
export const generatePrivateKey = async (
  algorithm: Algorithm,
  rsaBits: number,
  curve: Curve,
): Promise<KeyObject> => {
  switch (algorithm) {
    case "RSA":
      return (await generate("rsa", { modulusLength: rsaBits, publicExponent: 0x10001 })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: opensslCurveNames[curve] })).privateKey;
    case "ED25519":
      return (await generate("ed25519")).privateKey;
  }
};

const privateKeyForms = new Map<string, "pkcs1" | "sec1" | "pkcs8">([
  ["RSA PRIVATE KEY", "pkcs1"],
  ["EC PRIVATE KEY", "sec1"],
  ["PRIVATE KEY", "pkcs8"],
]);

/**
 * Reads a private key in PEM form: PKCS#1, SEC 1 or PKCS#8, not encrypted.
 * @throws naming the property, never showing the key
 */
export const parsePrivateKey = (pem: string, property: string): KeyObject => {
  const allowed = `must be a private key in PEM form (${[...privateKeyForms.keys()].join(", ")})`;
  const block = decodePem(pem);
  if (!block) throw new Error(`${property}: ${allowed}; it holds no PEM block`);
  const type = privateKeyForms.get(block.label);
  if (type === undefined) throw new Error(`${property}: ${allowed}; got "${block.label}"`);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: block.bytes, format: "der", type });
  } catch {
    throw new Error(`${property}: ${allowed}; its "${block.label}" block can't be read`);
  }
  algorithmOf(key, property);
  return key;
};

/**
 * The algorithm of a key.
 * @throws naming the property if the package does not know the algorithm or curve
 */
export const algorithmOf = (key: KeyObject, property: string): Algorithm => {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return "RSA";
    case "ed25519":
      return "ED25519";
    case "ec":
      curveOf(key, property);
      return "ECDSA";
    default:
      throw new Error(
        `${property}: must be a key for ${algorithms.join(", ")}; got one for ${key.asymmetricKeyType}`,
      );
  }
};

/** The curve of an elliptic key. */
export const curveOf = (key: KeyObject, property: string): Curve => {
  const name = key.asymmetricKeyDetails?.namedCurve;
  const curve = curves.find((candidate) => opensslCurveNames[candidate] === name);
  if (curve === undefined) {
    throw new Error(`${property}: must be a key on one of the curves ${curves.join(", ")}; got ${name}`);
  }
  return curve;
};

/** A key's SubjectPublicKeyInfo in DER. */
export const publicKeyInfo = (key: KeyObject): Buffer =>
  (key.type === "private" ? createPublicKey(key) : key).export({ format: "der", type: "spki" });

/**
 * The identifier the real provider gives to keys and requests: SHA-1 over the DER bytes, of which it first
 * cuts off what would be white space in a text (terraform-provider-tls, internal/provider/common.go).
 */
export const identifierOf = (der: Buffer): string => {
  const trimmed = Buffer.from(der.toString("latin1").replace(/[\t\n\v\f\r ]+$/, ""), "latin1");
  return createHash("sha1").update(trimmed).digest("hex");
};

/** The outputs that describe a public key. The OpenSSH ones are empty for P224, which OpenSSH does not know. */
export const publicKeyOutputs = (key: KeyObject): ValueMap => {
  const info = publicKeyInfo(key);
  const blob = sshPublicBlob(key);
  const md5 = blob && createHash("md5").update(blob).digest("hex");
  const sha256 = blob && createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return {
    id: identifierOf(info),
    publicKeyPem: encodePem("PUBLIC KEY", info),
    publicKeyOpenssh: blob ? authorizedKey(blob) : "",
    publicKeyFingerprintMd5: md5?.match(/../g)?.join(":") ?? "",
    publicKeyFingerprintSha256: sha256 === undefined ? "" : `SHA256:${sha256}`,
  };
};
