/**
 * Bundles what decodes by TS013 codecs: three files in a folder beside a decoder, each of which checks the hash of those behind it.
 * Decoders load them for the first profile that has a codec.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { bundledApart, sha256Of } from "./build-apart.ts";
import { codecFiles, codecFolder } from "./codecs/files.ts";
import { quickjsFile } from "./codecs/sandbox-files.ts";

/** Bytes of the three files together. */
export const maximumCodecBytes = 800_000;

export interface CodecBundle {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** SHA-256 of the first of them, which knows the others, in hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Throws where the sources don't build, or the files are larger than {@link maximumCodecBytes}. */
export async function buildCodecs(outFolder: string): Promise<CodecBundle> {
  const wasm = await readFile(quickjsFile());
  const thread = await bundledApart("codecs/thread.ts", codecFiles.thread);
  const hashes = JSON.stringify({ thread: sha256Of(thread), wasm: sha256Of(wasm) });
  const part = await bundledApart("codecs/part.ts", codecFiles.part, { sandboxHashes: hashes });
  const contents = { part, thread, wasm };
  const bytes = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
  if (bytes > maximumCodecBytes)
    throw new Error(`functions: what TS013 codecs need is ${bytes} bytes, allowed: ${maximumCodecBytes}`);
  const folder = resolve(outFolder, codecFolder);
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const name of ["part", "thread", "wasm"] as const) {
    const file = resolve(folder, codecFiles[name]);
    await writeFile(file, contents[name]);
    files.push(file);
  }
  return { files, sha256: sha256Of(part), bytes };
}
