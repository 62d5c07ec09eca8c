/** Appends frames to one new segment file, each synced before the call returns. */
import { randomBytes } from "node:crypto";
import type { open } from "node:fs/promises";
import { unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Keyring } from "../seal.ts";
import { LogFullError, LogWriteError, writeFailure } from "./errors.ts";
import { syncFolder } from "./folder.ts";
import { frameOverhead, saltBytes, SegmentSeal, type SegmentLink } from "./segment-format.ts";

/** `open` of node:fs/promises; a test hands in a disk that fails. */
export type OpenFile = typeof open;

export interface SegmentWriterOptions {
  readonly file: string;
  readonly segment: number;
  readonly link: SegmentLink;
  readonly keyring: Keyring;
  readonly purpose: string;
  readonly openFile: OpenFile;
}

export class SegmentWriter {
  readonly file: string;
  readonly seal: SegmentSeal;
  #handle: Awaited<ReturnType<OpenFile>>;
  #size = 0;
  #frames = 0;
  #records = 0;
  #nonce = 0;
  #broken = false;

  private constructor(file: string, seal: SegmentSeal, handle: Awaited<ReturnType<OpenFile>>) {
    this.file = file;
    this.seal = seal;
    this.#handle = handle;
  }

  /** Makes the file, which must not exist. Throws LogFullError or LogWriteError and leaves nothing behind. */
  static async create(options: SegmentWriterOptions): Promise<SegmentWriter> {
    const { file, segment, keyring, purpose, link, openFile } = options;
    const handle = await openFile(file, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw writeFailure(file, error);
      throw new LogWriteError(`${file}: another process writes to this log folder: stop one of them`);
    });
    const seal = new SegmentSeal(keyring, purpose, segment, randomBytes(saltBytes));
    const writer = new SegmentWriter(file, seal, handle);
    try {
      await writer.#write([seal.header(link)]);
      await handle.datasync();
      await syncFolder(dirname(file));
    } catch (error) {
      await handle.close().catch(() => undefined);
      await unlink(file).catch(() => undefined);
      throw writeFailure(file, error);
    }
    return writer;
  }

  get segment(): number {
    return this.seal.segment;
  }

  /** Bytes of the header and of the frames that are committed. */
  get size(): number {
    return this.#size;
  }

  get frames(): number {
    return this.#frames;
  }

  get records(): number {
    return this.#records;
  }

  /** A sync failed: what the disk then holds is unknown, so nothing more goes into this file. */
  get broken(): boolean {
    return this.#broken;
  }

  get link(): SegmentLink {
    return { segment: this.segment, frames: this.#frames, records: this.#records };
  }

  /** Bytes on disk. Throws LogFullError or LogWriteError, with nothing of the frame kept. */
  async append(body: Buffer, records: number): Promise<number> {
    // An attempt that failed may have left sealed bytes on the disk: its nonce is spent.
    this.#nonce += 1;
    const place = { nonce: this.#nonce, sequence: this.#frames, firstRecord: this.#records, records };
    const committed = this.#size;
    try {
      await this.#write(this.seal.frame(place, body));
      await this.#sync();
    } catch (error) {
      await this.#truncate(committed);
      const failure = writeFailure(this.file, error);
      if (!(failure instanceof LogFullError)) this.#broken = true;
      throw failure;
    }
    this.#frames += 1;
    this.#records += records;
    return body.length + frameOverhead;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(parts: Buffer[]): Promise<void> {
    let rest = parts;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.#size);
      if (bytesWritten === 0) throw Object.assign(new Error("a write took nothing"), { code: "ENOSPC" });
      this.#size += bytesWritten;
      rest = behind(rest, bytesWritten);
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      // The kernel may have dropped the pages and will report success next time: never ask this file again.
      this.#broken = true;
      throw error;
    }
  }

  async #truncate(size: number): Promise<void> {
    this.#size = size;
    await this.#handle.truncate(size).catch(() => {
      this.#broken = true;
    });
  }
}

/** What is left of `parts` after a write that took only so many bytes. */
function behind(parts: Buffer[], written: number): Buffer[] {
  let skip = written;
  const rest: Buffer[] = [];
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}
