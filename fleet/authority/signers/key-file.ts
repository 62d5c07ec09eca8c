/** A private key in an encrypted file: PKCS #8 under a passphrase, PBES2 with scrypt (RFC 7914) and AES-256-CBC. */
import { createCipheriv, createPrivateKey, randomBytes, scryptSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { octetString, oid, sequence, smallInteger } from "../../x509/der-writer.ts";
import { toPem } from "../../x509/pem.ts";
import { SignerError, type Signer } from "../signer.ts";
import { inProcessSigner } from "./in-process.ts";

/** Fewer characters are guessed by who has the file. */
export const shortestPassphrase = 12;

/** 16 MiB and half a second a guess; OpenSSL reads no more than 32 MiB. */
const scrypt = { N: 16_384, r: 8, p: 5 } as const;

/** Throws {@link SignerError}: no such file, not encrypted, another passphrase. */
export function keyFileSigner(file: string, passphrase: string): Signer {
  return inProcessSigner(readKeyFile(file, passphrase), `key file ${file}`);
}

export function readKeyFile(file: string, passphrase: string): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (error) {
    throw new SignerError(`key file ${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (!pem.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    throw new SignerError(
      `key file ${file} is not encrypted; allowed: PKCS #8 under a passphrase ` +
        "(openssl pkcs8 -topk8 -scrypt -in key.pem -out key.encrypted.pem)",
    );
  }
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch {
    throw new SignerError(`key file ${file} does not open: another passphrase, or the file is damaged`);
  }
}

/** PEM of the key, encrypted. Throws {@link SignerError} for a short passphrase. */
export function encryptedKey(key: KeyObject, passphrase: string): string {
  if (passphrase.length < shortestPassphrase) {
    throw new SignerError(
      `the passphrase: received ${passphrase.length} characters; allowed: at least ${shortestPassphrase}`,
    );
  }
  const salt = randomBytes(16);
  const vector = randomBytes(16);
  const secret = scryptSync(passphrase, salt, 32, { ...scrypt, maxmem: 64 << 20 });
  const cipher = createCipheriv("aes-256-cbc", secret, vector);
  const plain = key.export({ type: "pkcs8", format: "der" });
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  const derivation = sequence(
    oid("1.3.6.1.4.1.11591.4.11"),
    sequence(octetString(salt), smallInteger(scrypt.N), smallInteger(scrypt.r), smallInteger(scrypt.p)),
  );
  const encryption = sequence(oid("2.16.840.1.101.3.4.1.42"), octetString(vector));
  const pbes2 = sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, encryption));
  return toPem(sequence(pbes2, octetString(encrypted)), "ENCRYPTED PRIVATE KEY");
}
