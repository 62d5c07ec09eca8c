/** The bytes of a file that is to be uploaded: `.gz` is sent as what is inside. */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { pipeline } from "node:stream";
import { CommandError, exitCodes } from "../errors.ts";

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

export function contentOf(file: string): AsyncIterable<Buffer> {
  const bytes = createReadStream(file, { highWaterMark: 1 << 20 });
  if (!file.endsWith(".gz")) return bytes;
  const inside = createGunzip({ chunkSize: 1 << 20 });
  // The reader hears of an error by the stream that it reads.
  pipeline(bytes, inside, () => undefined);
  return inside;
}

/** Hash and length of what is sent. */
export async function identify(file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of contentOf(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** The content from `start` on, in parts of `size` bytes; the last may be shorter. */
export async function* partsOf(file: string, start: number, size: number): AsyncGenerator<Buffer> {
  let skip = start;
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of contentOf(file)) {
    let rest = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - rest.length;
    while (length + rest.length >= size) {
      const missing = size - length;
      yield Buffer.concat([...waiting, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      waiting = [];
      length = 0;
    }
    if (rest.length > 0) waiting.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(waiting);
}
