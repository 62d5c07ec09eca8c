/** Where the sandbox's two files are: beside a bundle, or among sources and packages. */

import { readFileSync } from "node:fs";
import { checkedFile } from "../checked-file.ts";
import { codecFiles } from "./files.ts";

/** SHA-256 of the two files in hexadecimal digits, put in place by build-codecs.ts; not there outside of a bundle. */
declare const sandboxHashes: Readonly<Record<"thread" | "wasm", string>> | undefined;

export interface SandboxFiles {
  readonly thread: URL;
  readonly wasm: Uint8Array;
}

/** QuickJS as the package has it. */
export const quickjsFile = (): URL =>
  new URL(import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));

/** Throws an Error that names the file which is not there, or is not the one that the bundle was built with. */
export function readSandboxFiles(): SandboxFiles {
  if (typeof sandboxHashes === "undefined")
    return { thread: new URL("./thread.ts", import.meta.url), wasm: readFileSync(quickjsFile()) };
  const hashes = sandboxHashes;
  const read = (part: "thread" | "wasm"): { url: URL; bytes: Uint8Array } => {
    const url = new URL(codecFiles[part], import.meta.url);
    return { url, bytes: checkedFile(url, hashes[part]) };
  };
  return { thread: read("thread").url, wasm: read("wasm").bytes };
}
