/** The bytes of files that are to be uploaded. */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
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

/** Hash and length of what is sent. */
export async function identify(file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: readBytes })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** The content from `start` on, in parts of `size` bytes; the last may be shorter. */
export async function* partsOf(file: string, start: number, size: number): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    for (let at = start; ; at += size) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, at);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      if (bytesRead < size) return;
    }
  } finally {
    await handle.close();
  }
}
