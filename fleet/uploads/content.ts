/** The files that are to be uploaded, and what identifies them. */
import { createHash } from "node:crypto";
import { constants, statSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { CommandError, exitCodes } from "../errors.ts";

const readBytes = 1 << 20;

/** All files that the paths name; folders with everything below them, in the order of their names. */
export async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry === undefined) throw new CommandError(`there is no file ${path}`, exitCodes.usage);
    if (!entry.isDirectory()) found.push(path);
    else {
      const below = await readdir(path, { recursive: true, withFileTypes: true });
      const files = below.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      found.push(...files.toSorted());
    }
  }
  if (found.length === 0) throw new CommandError(`there is no file in ${paths.join(", ")}`, exitCodes.usage);
  return found;
}

export interface Identity {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** CRC-32 of the whole, and of each part. */
  readonly checksum: number;
  readonly partChecksums: readonly number[];
}

/**
 * Opens what stands in a folder that others write to: the file of that name, and never what a link leads to. A pipe in its place
 * keeps nobody waiting.
 */
export const ownFile = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a file once; memory is bounded by a chunk and a number a part. */
export async function identify(
  file: string,
  partBytes: number,
  flags: number = constants.O_RDONLY,
): Promise<Identity> {
  const hash = createHash("sha256");
  const partChecksums: number[] = [];
  let [bytes, checksum] = [0, 0];
  const handle = await open(file, flags);
  for await (const chunk of handle.createReadStream({ highWaterMark: readBytes }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    checksum = crc32(chunk, checksum);
    for (let at = 0; at < chunk.length;) {
      const part = Math.floor((bytes + at) / partBytes);
      const end = Math.min(chunk.length, (part + 1) * partBytes - bytes);
      partChecksums[part] = crc32(chunk.subarray(at, end), partChecksums[part] ?? 0);
      at = end;
    }
    bytes += chunk.length;
  }
  if (bytes === 0) partChecksums.push(0);
  return { sha256: hash.digest("hex"), bytes, checksum, partChecksums };
}
