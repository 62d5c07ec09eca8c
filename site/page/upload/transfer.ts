/** One file to the site: what names it, what is missing of it, and, once it is whole, what became of it. */
import { sha256 } from "@noble/hashes/sha2.js";
import type { UploadReport, UploadState } from "../../console/api.ts";
import { DeniedError, RefusedError, UnreachableError, type Asked } from "../lib/api.ts";

export interface Destination {
  readonly device: string;
  readonly channel: string;
}

/** Bytes of a file that are read, sent, or all of them while the site makes rows of them. */
export interface Progress {
  readonly phase: "reading" | "sending" | "waiting" | "taking";
  readonly done: number;
}

export interface UploadApi {
  state(asked: Asked, signal: AbortSignal): Promise<UploadState>;
  part(asked: Asked, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<UploadState>;
  take(asked: Asked, signal: AbortSignal): Promise<UploadState>;
  /** Rejects where the signal aborts. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The file can't be read any more, or is not what it was. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/** A slow line must bring one to the site within 20 s. */
const partBytes = 1 << 20;
/** Milliseconds between attempts to reach a site that is gone or busy. */
const retryMs = [1_000, 2_000, 5_000] as const;

/**
 * Goes on where an upload of the same content ended, and waits where the site is away: only `signal` gives it up. Rejects
 * with {@link FileError}, or `RefusedError` where the site takes no such file.
 */
export async function transfer(
  file: File,
  destination: Destination,
  api: UploadApi,
  progress: (now: Progress) => void,
  signal: AbortSignal,
): Promise<UploadReport> {
  const hash = await hashOf(file, (done) => progress({ phase: "reading", done }), signal);
  const asked = { sha256: hash, bytes: file.size, name: shownName(file.name), ...destination };
  let attempts = 0;
  for (;;) {
    try {
      let { received, report } = await api.state(asked, signal);
      if (report !== null) return report;
      progress({ phase: "sending", done: received });
      while (received < file.size) {
        const bytes = await read(file, received, Math.min(file.size, received + partBytes));
        ({ received } = await api.part({ ...asked, offset: received }, bytes, signal));
        attempts = 0;
        progress({ phase: "sending", done: received });
      }
      for (;;) {
        progress({ phase: "taking", done: file.size });
        ({ report } = await api.take(asked, signal));
        if (report !== null) return report;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      progress({ phase: "waiting", done: 0 });
      await api.pause(retryMs[Math.min(attempts++, retryMs.length - 1)] ?? 5_000, signal);
    }
  }
}

/** Away, busy, or a session that somebody has to renew: not the file's fault. */
const isPassing = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  error instanceof DeniedError ||
  (error instanceof RefusedError && [429, 503].includes(error.status));

/** SHA-256 as hexadecimal, with one part in memory: WebCrypto would want the whole file. */
async function hashOf(file: File, progress: (done: number) => void, signal: AbortSignal): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += partBytes) {
    signal.throwIfAborted();
    hash.update(await read(file, at, Math.min(file.size, at + partBytes)));
    progress(Math.min(file.size, at + partBytes));
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Browsers refuse to read a file that was changed since it was chosen, and a folder. */
async function read(file: File, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file
    .slice(start, end)
    .arrayBuffer()
    .catch(() => null);
  if (bytes === null || bytes.byteLength !== end - start)
    throw new FileError(
      `${file.name} changed or went away since it was chosen, or is a folder: choose it again when nobody writes to it`,
    );
  return new Uint8Array(bytes);
}

/** As the site takes it: what could be a path or steer a terminal is put into words of its own. */
export function shownName(name: string): string {
  const shown = name
    .replace(/[\p{C}/\\]/gu, "_")
    .trim()
    .slice(0, 200);
  return shown === "" ? "file" : shown.toWellFormed();
}
