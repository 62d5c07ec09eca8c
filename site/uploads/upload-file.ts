/** An uploaded file on disk: parts as they came, each sealed, one behind the other; complete it is never written again. */
import { createHash } from "node:crypto";
import { open, rename, stat, truncate, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, syncFolder } from "../log/folder.ts";
import { mostPartBytes } from "./upload-limits.ts";
import { sealOverhead, type SealingKey } from "../seal.ts";

const headBytes = 4;

/** The file's bytes are not those that its name promises. */
export class UploadMismatch extends Error {
  override readonly name = "UploadMismatch";
}

/** Where the sealed bytes of a part are, and its plain ones. */
interface PartPlace {
  readonly at: number;
  readonly length: number;
  readonly offset: number;
}

export class UploadFile {
  readonly #part: string;
  readonly #whole: string;
  readonly #label: string;
  readonly #key: SealingKey;
  /** Whole parts that have been looked at: only what is behind them is read again. */
  #measured = { end: 0, plain: 0 };
  #known: readonly PartPlace[] | null = null;

  /** @param path of the complete file; `label` is authenticated with each part */
  constructor(path: string, label: string, key: SealingKey) {
    this.#whole = path;
    this.#part = `${path}.part`;
    this.#label = label;
    this.#key = key;
  }

  /** Plain bytes that are on disk. What a crash left behind the last whole part is cut off. */
  async received(): Promise<number> {
    const { end, plain } = await this.#measure();
    const { size } = await stat(this.#part).catch(() => ({ size: end }));
    if (size > end) await truncate(this.#part, end);
    return plain;
  }

  /** One more part, on disk when this resolves. */
  async append(offset: number, bytes: Uint8Array): Promise<void> {
    const sealed = this.#key.seal(bytes, this.#labelAt(offset));
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(sealed.length);
    await makeFolder(dirname(this.#part));
    const file = await open(this.#part, "a", 0o600);
    try {
      await file.appendFile(Buffer.concat([head, sealed]));
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /**
   * Reads everything back and gives the file its name for good. Throws {@link UploadMismatch}, and removes the parts, where
   * the bytes have another SHA-256.
   */
  async complete(sha256: string): Promise<void> {
    const hash = createHash("sha256");
    try {
      for await (const bytes of this.#parts(this.#part)) hash.update(bytes);
    } catch (error) {
      await this.discard();
      throw error;
    }
    const found = hash.digest("hex");
    if (found !== sha256) {
      await this.discard();
      throw new UploadMismatch(
        `what was sent has the SHA-256 ${found}; announced was ${sha256}: the file changed while it was sent; send it again`,
      );
    }
    await rename(this.#part, this.#whole);
    this.#known = null;
    await syncFolder(dirname(this.#whole));
  }

  /** Whether the file has its name already. */
  isComplete(): Promise<boolean> {
    return stat(this.#whole).then(
      () => true,
      () => false,
    );
  }

  /** The complete file's bytes, part by part. Throws SealError where it is damaged. */
  read(): AsyncGenerator<Buffer> {
    return this.#parts(this.#whole);
  }

  /** Bytes of the complete file, [start, end). Throws SealError where it is damaged, {@link UploadMismatch} beyond its end. */
  async slice(start: number, end: number): Promise<Buffer> {
    const file = await open(this.#whole);
    try {
      const found: Buffer[] = [];
      for (const { at, length, offset } of await this.#places(file)) {
        const plainBytes = length - sealOverhead;
        if (offset + plainBytes <= start || offset >= end) continue;
        const plain = this.#key.open(await readAt(file, at, length), this.#labelAt(offset));
        found.push(plain.subarray(Math.max(0, start - offset), Math.min(plainBytes, end - offset)));
      }
      const bytes = Buffer.concat(found);
      if (bytes.length !== end - start)
        throw new UploadMismatch(`bytes ${start} to ${end}: the file ends before`);
      return bytes;
    } finally {
      await file.close();
    }
  }

  discard(): Promise<void> {
    return unlink(this.#part).catch(() => undefined);
  }

  /** Where the parts of the complete file are: it never changes. */
  async #places(file: FileHandle): Promise<readonly PartPlace[]> {
    if (this.#known !== null) return this.#known;
    const places: PartPlace[] = [];
    const { size } = await file.stat();
    for (let at = 0, offset = 0; at < size;) {
      const length = (await readAt(file, at, headBytes)).readUInt32LE(0);
      places.push({ at: at + headBytes, length, offset });
      at += headBytes + length;
      offset += length - sealOverhead;
    }
    return (this.#known = places);
  }

  #labelAt(offset: number): string {
    return `${this.#label}/${offset}`;
  }

  async *#parts(path: string): AsyncGenerator<Buffer> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      let offset = 0;
      for (let at = 0; at < size;) {
        const length = (await readAt(file, at, headBytes)).readUInt32LE(0);
        const plain = this.#key.open(await readAt(file, at + headBytes, length), this.#labelAt(offset));
        yield plain;
        at += headBytes + length;
        offset += plain.length;
      }
    } finally {
      await file.close();
    }
  }

  async #measure(): Promise<{ end: number; plain: number }> {
    const file = await open(this.#part).catch(() => null);
    if (file === null) return (this.#measured = { end: 0, plain: 0 });
    try {
      const { size } = await file.stat();
      let { end, plain } = size < this.#measured.end ? { end: 0, plain: 0 } : this.#measured;
      while (end + headBytes <= size) {
        const length = (await readAt(file, end, headBytes)).readUInt32LE(0);
        if (length < sealOverhead || end + headBytes + length > size) break;
        end += headBytes + length;
        plain += length - sealOverhead;
      }
      return (this.#measured = { end, plain });
    } finally {
      await file.close();
    }
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length > mostPartBytes + sealOverhead) throw new UploadMismatch(`a part of ${length} bytes`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
