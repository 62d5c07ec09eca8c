/**
 * Sealing of everything the site keeps on disk: AES-256-GCM under keys derived (HKDF-SHA-256, RFC 5869)
 * from the environment's master key, one key per purpose, so that no file of one kind opens as another.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

/** First bytes of everything sealed. */
export const sealMagic = Buffer.from("FLS1");
const nonceBytes = 12;
const tagBytes = 16;
/** Bytes that {@link SealingKey.seal} adds to its input. */
export const sealOverhead = sealMagic.length + nonceBytes + tagBytes;

/** The file is damaged, was sealed under another key, or for another purpose. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** The key file is missing or not 32 bytes in base64. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

/** One derived key. Nonces are random: seal at most 2^32 items under one (NIST SP 800-38D, 8.3). */
export class SealingKey {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** `label` is authenticated, not stored: opening wants the same one. */
  seal(plain: Uint8Array, label: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", this.bytes, nonce).setAAD(Buffer.from(label));
    return Buffer.concat([sealMagic, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws {@link SealError}. */
  open(sealed: Uint8Array, label: string): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes.length < sealOverhead || !bytes.subarray(0, sealMagic.length).equals(sealMagic)) {
      throw new SealError(`${label}: not a sealed file (${bytes.length} bytes)`);
    }
    const body = sealMagic.length + nonceBytes;
    const decipher = createDecipheriv("aes-256-gcm", this.bytes, bytes.subarray(sealMagic.length, body))
      .setAAD(Buffer.from(label))
      .setAuthTag(bytes.subarray(bytes.length - tagBytes));
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(body, bytes.length - tagBytes)),
        decipher.final(),
      ]);
    } catch {
      throw new SealError(`${label}: damaged, or sealed under another key`);
    }
  }
}

/** The environment's master key and what is derived from it. */
export class Keyring {
  readonly #master: Buffer;

  constructor(master: Buffer) {
    this.#master = master;
  }

  /** Reads a key file; throws {@link KeyFileError} with what to do. */
  static fromFile(file: string): Keyring {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new KeyFileError(
        `key file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}): restore it from your copy; ` +
          "without it nothing in the data folder can be opened",
      );
    }
    const master = Buffer.from(text.trim(), "base64");
    if (master.length !== 32) {
      throw new KeyFileError(`key file ${file} holds ${master.length} bytes: expected 32 bytes in base64`);
    }
    return new Keyring(master);
  }

  /** What may be shown of the key: it names it and reveals nothing (SHA-256 of a derived value). */
  get keyId(): string {
    return `fieldlake-local-${createHash("sha256").update(this.#derive("key-id")).digest("hex").slice(0, 16)}`;
  }

  /** `purpose` such as `log`, `curated`, `quarantine`, `settings`; `salt` where one purpose wants many keys. */
  key(purpose: string, salt: Uint8Array = new Uint8Array()): SealingKey {
    return new SealingKey(this.#derive(purpose, salt));
  }

  #derive(purpose: string, salt: Uint8Array = new Uint8Array()): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#master, salt, `fieldlake/${purpose}`, 32));
  }
}
