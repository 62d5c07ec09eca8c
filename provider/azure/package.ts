/** A function app's package: a zip with the same bytes whenever the same files are packed by the same Node. */
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import { Zip } from "fflate";

export type PackedFiles = Readonly<Record<string, { readonly path: string } | { readonly text: string }>>;

interface Deflated {
  readonly size: number;
  readonly crc: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const when = new Date(1980, 0, 2);
const deflate = promisify<Uint8Array, Buffer<ArrayBuffer>>(deflateRaw);

/**
 * In zlib's threads: an app with compiled code has 72 MB, and while this process does nothing else for seconds, servers
 * close connections that the next app would be published over.
 */
export async function packed(files: PackedFiles): Promise<Uint8Array<ArrayBuffer>> {
  const names = Object.keys(files).sort();
  const entries = await Promise.all(
    names.map(async (name) => ({ name, ...(await deflated(files[name] as PackedFiles[string])) })),
  );
  return zipOf(entries);
}

/** Compiled code is the same file in several apps of an environment: it is compressed once for all of them. */
const known = new Map<string, Promise<Deflated>>();

async function deflated(file: PackedFiles[string]): Promise<Deflated> {
  if ("text" in file) return deflatedBytes(Buffer.from(file.text));
  const { path } = file;
  const { size, mtimeMs } = await stat(path);
  const version = `${path} ${size} ${mtimeMs}`;
  const found = known.get(version) ?? readFile(path).then(deflatedBytes);
  known.set(version, found);
  found.catch(() => known.delete(version));
  return found;
}

const deflatedBytes = async (content: Uint8Array): Promise<Deflated> => ({
  ...{ size: content.length, crc: crc32(content), bytes: await deflate(content) },
});

function zipOf(entries: readonly (Deflated & { readonly name: string })[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((done, failed) => {
    const chunks: Uint8Array[] = [];
    const zip = new Zip((error, chunk, isLast) => {
      if (error) return failed(error);
      chunks.push(chunk);
      if (isLast) done(Buffer.concat(chunks));
    });
    for (const { name: filename, size, crc, bytes } of entries) {
      const entry: Parameters<Zip["add"]>[0] = { filename, size, crc, compression: 8, mtime: when };
      zip.add(entry);
      entry.ondata?.(null, bytes, true);
    }
    zip.end();
  });
}
