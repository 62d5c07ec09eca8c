import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SegmentLog, type IngestLogOptions, openIngestLog } from "../../../site/log/ingest-log.ts";
import type { OpenFile } from "../../../site/log/segment-writer.ts";
import type { Arrival, LogPosition } from "../../../site/ports.ts";
import { Keyring } from "../../../site/seal.ts";

/** 2026-11-23T10:15:00Z in microseconds. */
export const morning = Date.UTC(2026, 10, 23, 10, 15) * 1000;

/** A log in a temporary folder that can be closed and opened again. */
export class LogBench {
  readonly root: string;
  readonly keyring = new Keyring(randomBytes(32));
  #open: SegmentLog[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<LogBench> {
    return new LogBench(await mkdtemp(join(tmpdir(), "fieldlake-log-")));
  }

  get folder(): string {
    return join(this.root, "log");
  }

  get rawFolder(): string {
    return join(this.root, "raw");
  }

  async open(options: Partial<IngestLogOptions> = {}): Promise<SegmentLog> {
    const { folder, rawFolder, keyring } = this;
    const log = await openIngestLog({ folder, rawFolder, keyring, ...options });
    this.#open.push(log);
    return log;
  }

  async remove(): Promise<void> {
    for (const log of this.#open) await log.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

export function arrival(index: number, text = `reading ${index}`, receivedAt = morning): Arrival {
  return { deviceId: `device-${index % 7}`, channel: "telemetry", payload: Buffer.from(text), receivedAt };
}

/** One after the other: each becomes a frame of its own. */
export async function appendFrames(log: SegmentLog, first: number, count: number): Promise<void> {
  for (let index = first; index < first + count; index += 1) await log.append(arrival(index));
}

/** Payload texts from `from` to the end of what is committed. */
export async function texts(
  log: SegmentLog,
  count: number,
  from: LogPosition = log.start,
): Promise<string[]> {
  const found: string[] = [];
  if (count === 0) return found;
  for await (const batch of log.read(from)) {
    found.push(...batch.arrivals.map((one) => Buffer.from(one.payload).toString()));
    if (found.length >= count) break;
  }
  return found;
}

export function readings(...ranges: readonly (readonly [first: number, count: number])[]): string[] {
  return ranges.flatMap(([first, count]) =>
    Array.from({ length: count }, (_, index) => `reading ${first + index}`),
  );
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** True where some file below the folder holds the text as it is. */
export async function anyFileHolds(folder: string, text: string): Promise<boolean> {
  for (const file of await filesBelow(folder)) {
    if ((await readFile(file)).includes(text)) return true;
  }
  return false;
}

export type Fault = { readonly call: "writev" | "datasync" | "open"; readonly code: string };

/** A disk whose calls fail while `fault` is set; a failing write leaves half of its bytes behind. */
export class FaultyDisk {
  fault: Fault | null = null;
  #syncs: { asked: number; letGo: () => void; wait: Promise<void> } | null = null;

  /** From now on a sync takes until `letGo`. */
  holdSyncs(): { readonly asked: number; letGo(): void } {
    const { promise: wait, resolve: letGo } = Promise.withResolvers<void>();
    this.#syncs = { asked: 0, letGo, wait };
    return this.#syncs;
  }

  readonly openFile: OpenFile = async (path, flags, mode) => {
    if (this.fault?.call === "open") throw this.#error();
    const handle = await open(path, flags, mode);
    const writev = handle.writev.bind(handle);
    const datasync = handle.datasync.bind(handle);
    handle.writev = async (buffers, position) => {
      if (this.fault?.call !== "writev") return writev(buffers, position);
      await writev(buffers.slice(0, -1), position);
      throw this.#error();
    };
    handle.datasync = async () => {
      if (this.fault?.call === "datasync") throw this.#error();
      if (this.#syncs !== null) {
        this.#syncs.asked += 1;
        await this.#syncs.wait;
      }
      return datasync();
    };
    return handle;
  };

  #error(): Error {
    const { call, code } = this.fault as Fault;
    return Object.assign(new Error(`${code}: ${call} failed`), { code });
  }
}
