/** Bundles what reads Parquet files that were uploaded: two files in a folder beside a function, which knows their hashes. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { bundledApart, sha256Of } from "./build-apart.ts";
import { parquetFiles } from "./files/parquet/files.ts";

/** Bytes of the two files together. */
export const maximumParquetBytes = 80_000;

export interface ParquetBundle {
  /** Paths by their names beside a bundle. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of each, in hexadecimal digits. */
  readonly hashes: Readonly<Record<keyof typeof parquetFiles, string>>;
}

/** Throws where the sources don't build, or the files are larger than {@link maximumParquetBytes}. */
export async function buildParquet(outFolder: string): Promise<ParquetBundle> {
  const [reader, watch] = await Promise.all([
    bundledApart("files/parquet/reader.ts", parquetFiles.reader),
    bundledApart("files/parquet/memory-watch.ts", parquetFiles.watch),
  ]);
  const bytes = reader.length + watch.length;
  if (bytes > maximumParquetBytes)
    throw new Error(`functions: what reads Parquet is ${bytes} bytes, allowed: ${maximumParquetBytes}`);
  const files = {
    [parquetFiles.reader]: await written(resolve(outFolder, parquetFiles.reader), reader),
    [parquetFiles.watch]: await written(resolve(outFolder, parquetFiles.watch), watch),
  };
  return { files, hashes: { reader: sha256Of(reader), watch: sha256Of(watch) } };
}

async function written(file: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}
