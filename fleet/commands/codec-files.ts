import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, exitCodes, messageOf } from "../errors.ts";

/** Bytes of a codec's file. */
const maximumFileBytes = 524_288;

export interface CodecFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/** Files of a folder and those below it, by the end of their names, in alphabetical order. */
export async function filesBelow(folder: string, end: RegExp): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && end.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  } catch (error) {
    throw new CommandError(`${folder} can't be read: ${messageOf(error)}`, exitCodes.usage);
  }
}

/** A codec's file; null where there is none, or none of a codec's size. */
export async function readCodecFile(path: string): Promise<CodecFile | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return null;
  }
  if (bytes.length > maximumFileBytes) return null;
  return { path, text: bytes.toString("utf8"), sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Texts of all codecs below folders, by the hash of their files. */
export async function codecTexts(folders: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    for (const path of await filesBelow(folder, /\.js$/)) {
      const codec = await readCodecFile(path);
      if (codec !== null) texts.set(codec.sha256, codec.text);
    }
  }
  return texts;
}
