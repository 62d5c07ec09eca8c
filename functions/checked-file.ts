/** A file that was built with a bundle, and lies beside it. */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Its bytes. Throws an Error that names the file which is not there, or is not the one that the bundle was built with. */
export function checkedFile(url: URL, expected: string): Uint8Array {
  const bytes = readFileSync(url);
  const sha256 = hash("sha256", bytes);
  if (sha256 !== expected)
    throw new Error(`${fileURLToPath(url)} has the hash ${sha256}; expected ${expected}: deploy again`);
  return bytes;
}
