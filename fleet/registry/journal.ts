/**
 * The journal: numbered segments of sealed frames, appended to and never changed. A frame is its length and its sealed
 * changes; where it lies is authenticated with it, so that none can be moved, left out or taken from elsewhere.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { open, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { RegistryError } from "./registry.ts";

/** What seals and opens: a key of the purpose `registry` (site/seal.ts). Throws from `open` where bytes are not its own. */
export interface Sealing {
  seal(plain: Uint8Array, label: string): Buffer;
  open(sealed: Uint8Array, label: string): Buffer;
}

export const firstSegment = 1;
/** A segment that has grown to this is followed by the next one, and a snapshot. */
export const segmentBytes = 64 << 20;
const lengthBytes = 4;
/** No frame is larger; a length beyond it is none. */
const mostFrameBytes = 64 << 20;

export interface Frame {
  readonly offset: number;
  readonly body: Buffer;
}

const fileName = (segment: number): string => `journal-${String(segment).padStart(6, "0")}.sealed`;
const label = (segment: number, offset: number): string => `registry/journal/${segment}/${offset}`;

export function segmentNumbers(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^journal-(\d{6})\.sealed$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** One segment, read by everybody and appended to by who holds the lock. */
export class Segment {
  readonly number: number;
  readonly file: string;
  readonly #sealing: Sealing;
  readonly #folder: string;
  #descriptor: number | null = null;
  #writer: FileHandle | null = null;
  /** Behind the last whole frame that was read or written. */
  end = 0;

  constructor(folder: string, number: number, sealing: Sealing) {
    this.#folder = folder;
    this.#sealing = sealing;
    this.number = number;
    this.file = join(folder, fileName(number));
  }

  get hasSuccessor(): boolean {
    return existsSync(join(this.#folder, fileName(this.number + 1)));
  }

  /** Bytes that are there, whole frames or not. */
  get size(): number {
    const descriptor = this.#open();
    return descriptor === null ? 0 : fstatSync(descriptor).size;
  }

  /**
   * The frames from {@link end} on. A last frame that is not whole is being written, or was when its writer died: it is
   * left. Throws {@link RegistryError} where a frame with others behind it does not open.
   */
  *read(): Generator<Frame> {
    for (;;) {
      const frame = this.frameAt(this.end);
      if (frame === null) return;
      this.end = frame.next;
      yield { offset: frame.offset, body: frame.body };
    }
  }

  /** The frame that begins there; `null` where it is not whole. */
  frameAt(offset: number): (Frame & { readonly next: number }) | null {
    const descriptor = this.#open();
    if (descriptor === null) return null;
    const size = fstatSync(descriptor).size;
    if (offset + lengthBytes > size) return null;
    const length = readExactly(descriptor, offset, lengthBytes).readUInt32LE();
    const next = offset + lengthBytes + length;
    if (next > size || length > mostFrameBytes) {
      if (length > mostFrameBytes && next <= size) throw this.#damaged(offset);
      return null;
    }
    try {
      const body = this.#sealing.open(
        readExactly(descriptor, offset + lengthBytes, length),
        label(this.number, offset),
      );
      return { offset, body, next };
    } catch {
      if (next < size || offset === 0) throw this.#damaged(offset);
      return null;
    }
  }

  /** Durable when it resolves; where it rejects, the segment is as it was. By who holds the lock and has read to the end. */
  async append(body: Buffer): Promise<number> {
    const offset = this.end;
    const sealed = this.#sealing.seal(body, label(this.number, offset));
    const frame = Buffer.allocUnsafe(lengthBytes + sealed.length);
    frame.writeUInt32LE(sealed.length);
    sealed.copy(frame, lengthBytes);
    const writer = await this.#openWriter();
    try {
      await this.#setAside(writer, offset);
      await writeExactly(writer, frame, offset);
      await writer.datasync();
    } catch (error) {
      await writer.truncate(offset).catch(() => undefined);
      throw new RegistryError(
        `the registry takes no more (${(error as NodeJS.ErrnoException).code ?? String(error)}): ` +
          "free some space and run the same command again; nothing of what did not fit was handed out",
        { cause: error },
      );
    }
    this.end = offset + frame.length;
    return offset;
  }

  /** Begins the file, so that everybody sees that the segment before it is complete. */
  async begin(): Promise<void> {
    await this.#openWriter();
  }

  /** What was appended is durable already: closing needs no waiting. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    void this.#writer?.close();
    this.#writer = null;
  }

  /** What a writer left behind that died in the middle of a frame: none of it was acknowledged, but who knows. */
  async #setAside(writer: FileHandle, offset: number): Promise<void> {
    const { size } = await writer.stat();
    if (size <= offset) return;
    const torn = Buffer.alloc(size - offset);
    await writer.read(torn, 0, torn.length, offset);
    await writeFile(`${this.file}.torn-${offset}`, torn, { mode: 0o600 });
    await writer.truncate(offset);
  }

  #open(): number | null {
    if (this.#descriptor !== null) return this.#descriptor;
    try {
      this.#descriptor = openSync(this.file, "r");
      return this.#descriptor;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async #openWriter(): Promise<FileHandle> {
    if (this.#writer !== null) return this.#writer;
    const isNew = !existsSync(this.file);
    // "a" would write at the end whatever the place: "r+" with a place, in a file that exists.
    if (isNew) await (await open(this.file, "a", 0o600)).close();
    this.#writer = await open(this.file, "r+");
    if (isNew) await syncFolder(this.#folder);
    return this.#writer;
  }

  #damaged(offset: number): RegistryError {
    return new RegistryError(
      `${this.file} is damaged at byte ${offset}, or sealed under another key: ` +
        "put the key file or the file back from your copy; nothing was changed",
    );
  }
}

function readExactly(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done);
    if (count === 0) throw new RegistryError("a file of the registry became shorter while it was read");
    done += count;
  }
  return bytes;
}

/** A full disk may take a part of what it is given. */
async function writeExactly(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    if (bytesWritten === 0) throw Object.assign(new Error("nothing written"), { code: "ENOSPC" });
    done += bytesWritten;
  }
}

/** So that a new name survives a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
