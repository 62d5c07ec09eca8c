/** Where the reader's two files are: in a folder beside a bundle, or among the sources. */
import { checkedFile } from "../../checked-file.ts";

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
    checkedFile(url, hashes[part]);
    return url;
  };
  return { reader: checked("reader"), watch: checked("watch") };
}
