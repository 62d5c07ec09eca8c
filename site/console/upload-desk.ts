/** Files over the API: who may send which, how many at once, and a long file's taking in more than one answer. */
import { setTimeout as pause } from "node:timers/promises";
import { seesDevice } from "../access/device-filter.ts";
import { UnfinishedFiles } from "../uploads/unfinished-files.ts";
import { idOf, type UploadReport, type UploadRequest, type UploadState } from "../uploads/upload-request.ts";
import type { Uploads } from "../uploads/uploads.ts";
import type { Asker } from "./asker.ts";
import type { UploadParameters } from "./contract/uploads.ts";
import { BusyError, WorkLimit } from "./work-limit.ts";

/** The token is not good for this device. */
export class DeviceRefusedError extends Error {
  override readonly name = "DeviceRefusedError";
}

export type OpenUploads = Pick<Uploads, "lanes" | "state" | "part" | "take">;

/** Files that a token has begun and not ended. */
const mostUnfinished = 8;
/** Milliseconds until an answer says that the file is still being taken. */
const waitMs = 5_000;
/** Failures that nobody has asked for yet. */
const mostFailures = 64;

export class UploadDesk {
  readonly #uploads: () => OpenUploads | undefined;
  readonly #waitMs: number;
  readonly #unfinished = new UnfinishedFiles(mostUnfinished);
  /** Parts that lie in memory. */
  readonly #parts = new WorkLimit(4, 16);
  /** Taking decodes on this thread. */
  readonly #turns = new WorkLimit(1, 64);
  readonly #taking = new Map<string, Promise<UploadReport>>();
  readonly #failures = new Map<string, Error>();

  /** @param uploads undefined while nothing decodes */
  constructor(uploads: () => OpenUploads | undefined, wait = waitMs) {
    this.#uploads = uploads;
    this.#waitMs = wait;
  }

  lanes(asker: Asker, device: string) {
    allow(asker, device);
    return { device, lanes: this.#open().lanes(device) };
  }

  async state(asker: Asker, asked: UploadParameters): Promise<UploadState> {
    allow(asker, asked.device);
    const request = requestOf(asked);
    if (this.#taking.has(idOf(request))) return { received: request.bytes, report: null };
    return this.#open().state(request);
  }

  /** @param read the part, asked for once there is room for it */
  async part(
    asker: Asker,
    { offset, ...asked }: UploadParameters & { readonly offset: number },
    read: () => Promise<Uint8Array>,
  ): Promise<UploadState> {
    allow(asker, asked.device);
    const request = requestOf(asked);
    const unfinished = asker.tokenId === null ? null : this.#unfinished.begin(asker.tokenId, idOf(request));
    if (unfinished !== null)
      throw new BusyError(`${unfinished} files of this token are begun and not ended: end one of them first`);
    return this.#parts.run(async () => this.#open().part(request, offset, await read()));
  }

  /** Rejects as the taking does, also where that ended between two answers. */
  async take(asker: Asker, asked: UploadParameters): Promise<UploadState> {
    allow(asker, asked.device);
    const request = requestOf(asked);
    const id = idOf(request);
    const failure = this.#failures.get(id);
    this.#failures.delete(id);
    if (failure !== undefined) throw failure;
    const work = this.#taking.get(id) ?? this.#begin(id, request, asker);
    const waiting = new AbortController();
    try {
      const still = pause(this.#waitMs, null, { signal: waiting.signal }).catch(() => null);
      const report = await Promise.race([work, still]);
      return { received: request.bytes, report };
    } catch (error) {
      this.#failures.delete(id);
      throw error;
    } finally {
      waiting.abort();
    }
  }

  #begin(id: string, request: UploadRequest, { tokenId }: Asker): Promise<UploadReport> {
    const work = this.#turns.run(() => this.#open().take(request));
    this.#taking.set(id, work);
    work
      .catch((error: Error) => {
        this.#failures.set(id, error);
        const [oldest] = this.#failures.keys();
        if (this.#failures.size > mostFailures && oldest !== undefined) this.#failures.delete(oldest);
      })
      .finally(() => {
        this.#taking.delete(id);
        if (tokenId !== null) this.#unfinished.end(tokenId, id);
      });
    return work;
  }

  #open(): OpenUploads {
    const open = this.#uploads();
    if (open === undefined) throw new BusyError("nothing decodes at the moment: try again");
    return open;
  }
}

/** Throws {@link DeviceRefusedError}. */
export function allow({ devices }: Asker, device: string): void {
  if (seesDevice(devices, device)) return;
  throw new DeviceRefusedError(`this token is for ${devices?.join(", ")}; received the device ${device}`);
}

export const requestOf = ({
  sha256,
  bytes,
  name,
  device: deviceId,
  channel,
  clock,
}: UploadParameters): UploadRequest => ({ sha256, bytes, name, deviceId, channel, clock: clock ?? null });
