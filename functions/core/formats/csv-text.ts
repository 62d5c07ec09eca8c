/** Text of a log file's bytes. */

import type { CsvProfile } from "../profiles/profile.ts";
import { decodeDocument } from "../text.ts";

/** Windows-1252 has a character for every byte; ill-formed UTF-8 is refused. */
export function byteDecoder(encoding: CsvProfile["encoding"] = "utf-8"): (bytes: Uint8Array) => string {
  if (encoding === "windows-1252") {
    const windows1252 = new TextDecoder(encoding);
    return (bytes) => windows1252.decode(bytes);
  }
  return decodeDocument;
}
