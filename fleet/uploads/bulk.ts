/** One way for a file to a lake, whatever stores it: parts that can be sent again, checksums, written once. */
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { uploadKeyOf } from "../../functions/core/files/upload-key.ts";
import type { UploadRequest } from "../../site/uploads/upload-request.ts";
import { CommandError, exitCodes } from "../errors.ts";

/** A file as it was when it was first read. */
export interface FileToSend extends UploadRequest {
  readonly path: string;
  /** It is opened with; default: to be read. */
  readonly flags?: number;
  readonly partBytes: number;
  /** CRC-32 of the whole, and of each part of `partBytes`. */
  readonly checksum: number;
  readonly partChecksums: readonly number[];
}

export interface Part {
  /** From 0. */
  readonly number: number;
  /** Bytes of the file, [start, end). */
  readonly start: number;
  readonly end: number;
}

/** An upload under way. */
export interface BulkUpload<Done> {
  /** What is not yet safe, in the file's order. */
  readonly missing: readonly Part[];
  /** Resolves when the part is safe: it need not be sent again, by whomever. */
  put(part: Part, bytes: Buffer): Promise<void>;
  /** Makes the parts one file, for good. */
  commit(): Promise<Done>;
}

export interface BulkTarget<Done> {
  /** Bytes of a part of a file of so many bytes. */
  partBytes(bytes: number): number;
  /** Goes on where an upload of the same content ended; `done` where the file is there already. */
  begin(file: FileToSend): Promise<BulkUpload<Done> | { readonly done: Done }>;
}

/** Where a file came to lie in a cloud. */
export interface Committed {
  readonly address: string;
  /** False where the same content was there before. */
  readonly created: boolean;
}

/** The content names the file: the same of a device and channel is one file, whatever it is called. */
export const keyOf: (file: UploadRequest) => string = uploadKeyOf;

/** What is kept beside the content, by lower-case names; values are ASCII. */
export function metadataOf({
  sha256,
  name,
  deviceId,
  channel,
  clock,
}: UploadRequest): Record<string, string> {
  const named = { sha256, device: deviceId, channel, name: encodeURIComponent(name) };
  return clock === null ? named : { ...named, clock };
}

/** At least one, so that an empty file is one too. */
export function partsOf(bytes: number, partBytes: number): readonly Part[] {
  const count = Math.max(1, Math.ceil(bytes / partBytes));
  return Array.from({ length: count }, (_, number) => ({
    number,
    start: number * partBytes,
    end: Math.min(bytes, (number + 1) * partBytes),
  }));
}

/**
 * Sends what is missing and commits. Rejects with {@link CommandError} where the file is no longer what it was: nothing of
 * it becomes a file then.
 *
 * @param progress told of the bytes that are safe
 */
export async function sendWhole<Done>(
  file: FileToSend,
  target: BulkTarget<Done>,
  progress: (safe: number) => void = () => undefined,
): Promise<{ readonly done: Done; readonly wasThere: boolean }> {
  const upload = await target.begin(file);
  if ("done" in upload) return { done: upload.done, wasThere: true };
  let safe = file.bytes - upload.missing.reduce((sum, { start, end }) => sum + end - start, 0);
  progress(safe);
  const handle = await open(file.path, file.flags);
  try {
    for (const part of upload.missing) {
      const length = part.end - part.start;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, part.start);
      const isWhole =
        part.start % file.partBytes === 0 && (length === file.partBytes || part.end === file.bytes);
      if (
        bytesRead !== length ||
        (isWhole && crc32(buffer) !== file.partChecksums[part.start / file.partBytes])
      )
        throw new CommandError(
          `${file.path} changed while it was sent`,
          exitCodes.failed,
          "nothing of it is in the lake; send it again when nobody writes to it",
        );
      await upload.put(part, buffer);
      progress((safe += length));
    }
  } finally {
    await handle.close();
  }
  return { done: await upload.commit(), wasThere: false };
}
