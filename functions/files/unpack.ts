/** Files that came compressed: known by their first bytes, unpacked as a stream, and given up where they are a bomb. */
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { pipeline, Readable } from "node:stream";
import { FileRefusal } from "../core/files/refusal.ts";

/** RFC 1952 and RFC 8878; a byte of flags whose upper bits are reserved belongs to the former. */
export type Compression = "gzip" | "zstd";

/** Most of what a compressed file may hold: so much in any case, beyond it so many times its own bytes. */
export const unpackedLimits = { free: 64 << 20, times: 200 } as const;

const chunkBytes = 1 << 20;
/** Window that a frame may ask for, as a power of two: the 128 MB that the zstd command also takes without being told. */
const mostWindowLog = 27;

/** How a file with these first bytes is compressed; null: it is not. */
export function compressionOf(head: Uint8Array): Compression | null {
  const [first, second, third, fourth = 0] = head;
  if (first === 0x1f && second === 0x8b && third === 8 && fourth < 0x20) return "gzip";
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return "zstd";
  return null;
}

/** First bytes of what holds files in a way that is not read here, and what it is called. */
const foreign: readonly (readonly [string, string])[] = [
  ["504b0304", "a ZIP archive (or a workbook, which is one)"],
  ["504b0506", "an empty ZIP archive"],
  ["377abcaf", "a 7z archive"],
  ["52617221", "a RAR archive"],
  ["fd377a58", "an xz file"],
  ["425a68", "a bzip2 file"],
  ["04224d18", "an LZ4 file"],
];

/** Throws {@link FileRefusal} for a file with these first bytes that somebody has to unpack before. */
export function refuseForeign(head: Uint8Array): void {
  const hex = Buffer.from(head.subarray(0, 4)).toString("hex");
  const found = foreign.find(
    ([first]) => hex.startsWith(first) && (first.length === 8 || /3[1-9]$/.test(hex)),
  );
  if (found !== undefined)
    throw new FileRefusal(
      `${found[1]}; allowed: files as they are, gzip and zstd. Unpack it, and send what is inside`,
      "unknown-type",
    );
}

/**
 * What is inside. Throws {@link FileRefusal} where the file is damaged, ends early, or holds too much.
 *
 * @param size of the compressed file
 */
export async function* unpack(
  content: AsyncIterable<Uint8Array>,
  size: number,
  compression: Compression,
): AsyncGenerator<Buffer> {
  let packed = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      packed += chunk.length;
      yield chunk;
    }
  }
  const inside =
    compression === "gzip"
      ? createGunzip({ chunkSize: chunkBytes })
      : createZstdDecompress({
          chunkSize: chunkBytes,
          params: { [constants.ZSTD_d_windowLogMax]: mostWindowLog },
        });
  // The reader hears of an error by the stream that it reads.
  pipeline(Readable.from(counted(), { objectMode: false }), inside, () => undefined);
  let plain = 0;
  try {
    for await (const chunk of inside as AsyncIterable<Buffer>) {
      plain += chunk.length;
      if (plain > unpackedLimits.free + unpackedLimits.times * packed)
        throw new FileRefusal(
          `the file holds more than ${unpackedLimits.times} times its own bytes, as no log does; send it unpacked`,
        );
      yield chunk;
    }
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!/^(Z_|ZSTD_|ERR_)/.test(code)) throw error;
    throw new FileRefusal(`the ${compression} file is damaged or ends early (${message}); send it again`);
  }
  // Node's decoder of zstd takes the first frame for all, and says nothing of what is behind it.
  if (compression === "zstd" && inside.bytesWritten < size)
    throw new FileRefusal(
      `the zstd file has more behind its first frame, which ends at byte ${inside.bytesWritten}; ` +
        "send its frames as files of their own, or unpacked",
    );
}
