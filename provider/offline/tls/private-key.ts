/** `tls:index/privateKey:PrivateKey`: a private key, made on this machine. */

import type { KeyObject } from "node:crypto";
import type { OutputProperty, ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import { oneOf } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import type { Algorithm, Curve } from "./keys.ts";
import { algorithms, curves, generatePrivateKey, parsePrivateKey, publicKeyOutputs } from "./keys.ts";
import { encodeOpensshPrivateKey } from "./openssh.ts";
import { encodePem } from "./pem.ts";

/** The real provider's floor (Go's crypto/rsa), in bits. */
const minimumRsaBits = 1024;

/** OpenSSL's ceiling (OPENSSL_RSA_MAX_MODULUS_BITS), in bits. */
const maximumRsaBits = 16_384;

const output = (description: string): OutputProperty => ({
  type: text,
  role: "output",
  description,
  volatile: true,
});

const secretOutput = (description: string): OutputProperty => ({ ...output(description), secret: true });

/** The outputs that describe the public half of a key; the id is the SHA-1 of its DER. */
export const publicKeyProperties = {
  id: output("SHA-1 of the public key, in hexadecimal."),
  publicKeyPem: output("Public key in PEM form."),
  publicKeyOpenssh: output("Public key as a line for authorized_keys; empty for ECDSA with P224."),
  publicKeyFingerprintMd5: output("OpenSSH's MD5 fingerprint; empty for ECDSA with P224."),
  publicKeyFingerprintSha256: output("OpenSSH's SHA256 fingerprint; empty for ECDSA with P224."),
} as const;

const checkRsaBits = (inputs: ValueMap): CheckFailure[] => {
  const { algorithm, rsaBits } = inputs;
  if (algorithm !== "RSA" || typeof rsaBits !== "number") return [];
  if (rsaBits >= minimumRsaBits && rsaBits <= maximumRsaBits) return [];
  const reason = `must be from ${minimumRsaBits} to ${maximumRsaBits}`;
  return [{ property: "rsaBits", reason, got: rsaBits }];
};

const privateKeyOutputs = (key: KeyObject): ValueMap => {
  const form = ({ rsa: "pkcs1", ec: "sec1" } as const)[String(key.asymmetricKeyType)] ?? "pkcs8";
  return {
    privateKeyPem: key.export({ format: "pem", type: form }).toString(),
    privateKeyPemPkcs8: encodePem("PRIVATE KEY", key.export({ format: "der", type: "pkcs8" })),
    privateKeyOpenssh: encodeOpensshPrivateKey(key),
    ...publicKeyOutputs(key),
  };
};

/** Version 0 lacked the OpenSSH and PKCS#8 forms and the SHA256 fingerprint; they follow from the key. */
const upgrade = (state: ValueMap, version: number): ValueMap => {
  const { privateKeyPem } = state;
  if (version > 0 || typeof privateKeyPem !== "string") return state;
  const made = privateKeyOutputs(parsePrivateKey(privateKeyPem, "privateKeyPem"));
  return {
    ...made,
    ...state,
    ...(state["privateKeyOpenssh"] ? {} : { privateKeyOpenssh: made["privateKeyOpenssh"] }),
  };
};

export const privateKey: ResourceDefinition = {
  token: "tls:index/privateKey:PrivateKey",
  description: "Makes a private key and keeps it, encrypted, in the stack's state.",
  stateVersion: 1,
  properties: {
    algorithm: {
      type: text,
      role: "input",
      required: true,
      description: `Algorithm of the key: ${algorithms.join(", ")}.`,
      replaces: always,
      allows: oneOf(...algorithms),
    },
    rsaBits: {
      type: integer,
      role: "input",
      default: 2048,
      description: "Length of an RSA key, in bits (default: 2048).",
      replaces: always,
    },
    ecdsaCurve: {
      type: text,
      role: "input",
      default: "P224",
      description: `Curve of an ECDSA key: ${curves.join(", ")} (default: P224).`,
      replaces: always,
      allows: oneOf(...curves),
    },
    privateKeyPem: secretOutput("Private key in PEM form: PKCS#1 for RSA, SEC 1 for ECDSA, else PKCS#8."),
    privateKeyPemPkcs8: secretOutput("Private key in PKCS#8 PEM form."),
    privateKeyOpenssh: secretOutput("Private key as an OpenSSH file; empty for ECDSA with P224."),
    ...publicKeyProperties,
  },
  checkTogether: checkRsaBits,
  create: async ({ algorithm, rsaBits, ecdsaCurve }) =>
    privateKeyOutputs(await generatePrivateKey(algorithm as Algorithm, Number(rsaBits), ecdsaCurve as Curve)),
  upgrade,
};
