/** Keys for devices that can't make their own: made here, kept in one place only, for its owner only. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { VerifiedRequest } from "../authority/certificate-request.ts";
import { readPublicKey } from "../x509/algorithms.ts";
import { DeviceFileError, writeDurably } from "./device-files.ts";

export interface MadeKey {
  readonly key: KeyObject;
  /** What a request by this key would prove. */
  readonly request: VerifiedRequest;
}

/**
 * The key in `file`, or a new one that is on the disk before anybody is issued a certificate for it: a batch that is
 * killed goes on with the keys that it made. With a passphrase the file is encrypted.
 */
export async function keyInFile(file: string, deviceId: string, passphrase: string | null): Promise<MadeKey> {
  if (existsSync(file)) return madeKey(readKey(file, passphrase), deviceId);
  const made = newKey(deviceId);
  const encryption = passphrase === null ? {} : { cipher: "aes-256-cbc", passphrase };
  await writeDurably(file, made.key.export({ type: "pkcs8", format: "pem", ...encryption }), 0o600);
  return made;
}

/** In memory only: shown once. */
export function newKey(deviceId: string): MadeKey {
  return madeKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, deviceId);
}

function madeKey(key: KeyObject, deviceId: string): MadeKey {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return { key, request: { deviceId, key: readPublicKey(spki) } };
}

function readKey(file: string, passphrase: string | null): KeyObject {
  try {
    const pem = readFileSync(file);
    return createPrivateKey(passphrase === null ? pem : { key: pem, passphrase });
  } catch {
    throw new DeviceFileError(
      `${file} does not open: it is damaged, or encrypted under another passphrase; ` +
        "give the passphrase that the batch was begun with, or remove the file to make another key",
    );
  }
}
