/** Bundles what reads Parquet files that were uploaded: two files in a folder beside a function, which knows their hashes. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "./build-options.ts";
import { parquetFiles } from "./files/parquet/files.ts";

/** Bytes of the two files together. */
export const maximumParquetBytes = 80_000;

export interface ParquetBundle {
  /** Paths by their names beside a bundle. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of each, in hexadecimal digits. */
  readonly hashes: Readonly<Record<keyof typeof parquetFiles, string>>;
}

const sources = { reader: "files/parquet/reader.ts", watch: "files/parquet/memory-watch.ts" } as const;

/** Throws where the sources don't build, or the files are larger than {@link maximumParquetBytes}. */
export async function buildParquet(outFolder: string): Promise<ParquetBundle> {
  const [reader, watch] = await Promise.all([bundled("reader"), bundled("watch")]);
  const bytes = reader.length + watch.length;
  if (bytes > maximumParquetBytes)
    throw new Error(`functions: what reads Parquet is ${bytes} bytes, allowed: ${maximumParquetBytes}`);
  const files = {
    [parquetFiles.reader]: await written(resolve(outFolder, parquetFiles.reader), reader),
    [parquetFiles.watch]: await written(resolve(outFolder, parquetFiles.watch), watch),
  };
  return { files, hashes: { reader: sha256Of(reader), watch: sha256Of(watch) } };
}

async function bundled(part: keyof typeof sources): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: [sources[part]],
    outfile: `bundle/${parquetFiles[part]}`,
    sourcemap: false,
  });
  return outputFiles[0]!.contents;
}

async function written(file: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
