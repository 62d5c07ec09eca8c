/** Where the reader's two files are: in a folder beside a bundle, or among the sources. */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** SHA-256 of the two files in hexadecimal digits, put in place by build-parquet.ts; not there outside of a bundle. */
declare const parquetHashes: Readonly<Record<keyof ReaderFiles, string>> | undefined;

export interface ReaderFiles {
  readonly reader: URL;
  /** What watches over its memory. */
  readonly watch: URL;
}

/** Beside a bundle. A host may take everything that lies in the bundle's own folder for functions. */
export const parquetFiles: Readonly<Record<keyof ReaderFiles, string>> = {
  reader: "parquet/reader.mjs",
  watch: "parquet/memory-watch.mjs",
};

/** Throws an Error that names the file which is not there, or is not the one that the bundle was built with. */
export function readerFiles(): ReaderFiles {
  if (typeof parquetHashes === "undefined")
    return {
      reader: new URL("./reader.ts", import.meta.url),
      watch: new URL("./memory-watch.ts", import.meta.url),
    };
  const hashes = parquetHashes;
  const checked = (part: keyof ReaderFiles): URL => {
    const url = new URL(parquetFiles[part], import.meta.url);
    const sha256 = hash("sha256", readFileSync(url));
    if (sha256 !== hashes[part])
      throw new Error(`${fileURLToPath(url)} has the hash ${sha256}; expected ${hashes[part]}: deploy again`);
    return url;
  };
  return { reader: checked("reader"), watch: checked("watch") };
}
