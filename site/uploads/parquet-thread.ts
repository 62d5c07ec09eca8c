/** Reads a Parquet file apart from the site: what a file makes it take, of memory or time, is not the site's. */
import { parentPort, workerData } from "node:worker_threads";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet/src/index.js";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { checkedColumns, checkedGroup, checkPages, parquetLimits, ParquetRefusal } from "./parquet-guard.ts";
import { lineWriter, Timestamp, type Row } from "./parquet-lines.ts";

export interface ParquetThreadData {
  /** Of the file. */
  readonly bytes: number;
  readonly profile: Profile;
}

/** What the thread says; it is answered bytes to `want`, and anything to `lines`. */
export type ParquetThreadMessage =
  | { readonly want: readonly [start: number, end: number] }
  | { readonly lines: Uint8Array }
  | { readonly refusal: string }
  | { readonly end: true };

const { bytes: fileBytes, profile } = workerData as ParquetThreadData;
const port = parentPort!;
const lineBytes = 1 << 20;

function ask<Answer>(message: ParquetThreadMessage): Promise<Answer> {
  return new Promise((resolve) => {
    port.once("message", resolve);
    port.postMessage(message);
  });
}

const slice = (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => ask({ want: [start, end] });

async function read(): Promise<void> {
  const tail = await slice(fileBytes - 8, fileBytes);
  const footerBytes = new DataView(tail.buffer).getUint32(0, true);
  if (Buffer.from(tail.subarray(4)).toString("latin1") !== "PAR1" || footerBytes > fileBytes - 12)
    throw new ParquetRefusal("the file ends early: its last bytes are no Parquet footer");
  if (footerBytes > parquetLimits.footerBytes)
    throw new ParquetRefusal(`a footer of ${footerBytes} bytes; allowed: ${parquetLimits.footerBytes}`);
  const footer = await slice(fileBytes - 8 - footerBytes, fileBytes);
  const metadata = parquetMetadata(footer, { geoparquet: false });
  const columns = checkedColumns(metadata);
  const { head, line } = lineWriter(profile, columns);

  let text = head;
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const { start, end } = checkedGroup(group, fileBytes);
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    const window = await slice(start, end);
    checkPages(group, window, start);
    const rows: Row[] = await parquetReadObjects({
      file: {
        byteLength: fileBytes,
        slice: (from, to = fileBytes) => window.buffer.slice(from - start, to - start),
      },
      metadata,
      rowStart,
      rowEnd,
      geoparquet: false,
      compressors: {
        ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
        GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
        BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
      },
      parsers: {
        timestampFromMilliseconds: (count) => new Timestamp(BigInt(count) * 1_000_000n),
        timestampFromMicroseconds: (count) => new Timestamp(BigInt(count) * 1_000n),
        timestampFromNanoseconds: (count) => new Timestamp(BigInt(count)),
      },
    });
    for (const row of rows) {
      text += line(row);
      if (text.length < lineBytes) continue;
      await ask({ lines: Buffer.from(text) });
      text = "";
    }
    rowStart = rowEnd;
  }
  if (text !== "") await ask({ lines: Buffer.from(text) });
}

const say = (message: ParquetThreadMessage): void => port.postMessage(message);
read().then(
  () => say({ end: true }),
  (error: unknown) => say({ refusal: error instanceof Error ? error.message : String(error) }),
);
