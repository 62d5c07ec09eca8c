/** The rows of a Parquet file as lines, row group by row group: what is in memory is one of them. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { parquetMetadata, parquetRead } from "hyparquet/src/index.js";
import type { DecodedArray, FileMetaData, RowGroup } from "hyparquet";
import type { Profile } from "../../core/profiles/profile.ts";
import { checkedColumns, checkedGroup, checkPages, parquetLimits, ParquetRefusal } from "./guard.ts";
import { lineWriter, type LineWriter, type Row } from "./lines.ts";

/** A file whose bytes can be had from anywhere. */
export interface RandomAccess {
  readonly bytes: number;
  /** Bytes [start, end), as many as were asked for. */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** The beginning of a row. */
export interface RowPlace {
  /** Rows before it. */
  readonly row: number;
  /** Line ends in them. */
  readonly lines: number;
}

export const firstRow: RowPlace = { row: 0, lines: 0 };

export interface PlacedLines {
  /** Whole lines, or a piece of one that is longer than {@link pieceBytes}. */
  readonly lines: Uint8Array;
  /** Of the first row that is in it. */
  readonly place: RowPlace;
}

/** Asked for, or said, at once. */
export const pieceBytes = 8 << 20;
const lineBytes = 1 << 20;
const tailBytes = 8;

/**
 * From a place on, with the line of column names again where the profile's files have one. Throws {@link ParquetRefusal},
 * and whatever hyparquet throws at what it can't read.
 */
export async function* parquetLines(
  file: RandomAccess,
  profile: Profile,
  from: RowPlace,
): AsyncGenerator<PlacedLines> {
  const metadata = await footerOf(file);
  const writer = lineWriter(profile, checkedColumns(metadata), timesOf(metadata));
  const lines = new Lines(writer, from);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const range = checkedGroup(group, file.bytes);
    const rowEnd = rowStart + Number(group.num_rows);
    const first = Math.max(rowStart, from.row);
    if (first < rowEnd) {
      const columns = await columnsOf(file, metadata, group, range, rowStart);
      for (let at = first; at < rowEnd; at++) {
        lines.add((name) => columns.get(name)?.valueOf(at));
        if (lines.isFull) yield* lines.take();
      }
    }
    rowStart = rowEnd;
  }
  yield* lines.take();
}

async function footerOf(file: RandomAccess): Promise<FileMetaData> {
  const { bytes } = file;
  const early = new ParquetRefusal("the file ends early: its last bytes are no Parquet footer");
  if (bytes < tailBytes + 4) throw early;
  const tail = await window(file, bytes - tailBytes, bytes);
  const footerBytes = new DataView(tail.buffer).getUint32(0, true);
  if (Buffer.from(tail.subarray(4)).toString("latin1") !== "PAR1" || footerBytes > bytes - tailBytes - 4)
    throw early;
  if (footerBytes > parquetLimits.footerBytes)
    throw new ParquetRefusal(`a footer of ${footerBytes} bytes; allowed: ${parquetLimits.footerBytes}`);
  return parquetMetadata(await window(file, bytes - tailBytes - footerBytes, bytes), { geoparquet: false });
}

/** Values of a row group, column by column: objects of all of its rows would be several times as large. */
type Columns = ReadonlyMap<string, Column>;

async function columnsOf(
  file: RandomAccess,
  metadata: FileMetaData,
  group: RowGroup,
  { start, end }: { readonly start: number; readonly end: number },
  rowStart: number,
): Promise<Columns> {
  const bytes = await window(file, start, end);
  checkPages(group, metadata.schema, bytes, start);
  const columns = new Map<string, Column>();
  await parquetRead({
    file: {
      byteLength: file.bytes,
      slice: (from, to = file.bytes) => bytes.buffer.slice(from - start, to - start),
    },
    metadata,
    rowStart,
    rowEnd: rowStart + Number(group.num_rows),
    geoparquet: false,
    onChunk: ({ columnName, columnData, rowStart: first }) => {
      const column = columns.get(columnName) ?? new Column();
      columns.set(columnName, column);
      column.parts.push({ first, values: columnData });
    },
    compressors: {
      ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
      GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
      BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
    },
    parsers: {
      timestampFromMilliseconds: (count) => BigInt(count) * 1_000_000n,
      timestampFromMicroseconds: (count) => BigInt(count) * 1_000n,
      timestampFromNanoseconds: BigInt,
    },
  });
  return columns;
}

/** Read from its first row on. */
class Column {
  readonly parts: { readonly first: number; readonly values: DecodedArray }[] = [];
  #at = 0;

  valueOf(row: number): unknown {
    let part = this.parts[this.#at];
    while (part !== undefined && row >= part.first + part.values.length) part = this.parts[++this.#at];
    return part?.values[row - part.first];
  }
}

/** Columns whose values hyparquet hands to a parser of timestamps. */
function timesOf({ schema }: FileMetaData): ReadonlySet<string> {
  const times = schema.filter(
    ({ type, converted_type: converted, logical_type: logical }) =>
      (type === "INT96" && converted === undefined) ||
      converted === "TIMESTAMP_MILLIS" ||
      converted === "TIMESTAMP_MICROS" ||
      logical?.type === "TIMESTAMP",
  );
  return new Set(times.map(({ name }) => name));
}

async function window(file: RandomAccess, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  for (let at = start; at < end; at += pieceBytes)
    bytes.set(await file.slice(at, Math.min(end, at + pieceBytes)), at - start);
  return bytes;
}

/** Lines until they are taken. */
class Lines {
  readonly #line: LineWriter["line"];
  #text: string;
  #place: RowPlace;
  #next: RowPlace;

  constructor({ head, line }: LineWriter, from: RowPlace) {
    this.#line = line;
    this.#text = head;
    this.#place = this.#next = from;
  }

  get isFull(): boolean {
    return this.#text.length >= lineBytes;
  }

  add(row: Row): void {
    const text = this.#line(row);
    this.#text += text;
    this.#next = { row: this.#next.row + 1, lines: this.#next.lines + lineEnds(text) };
  }

  *take(): Generator<PlacedLines> {
    const encoder = new TextEncoder();
    const place = this.#place;
    for (let text = this.#text; text !== "";) {
      const bytes = new Uint8Array(Math.min(3 * text.length, pieceBytes));
      const { read, written } = encoder.encodeInto(text, bytes);
      yield { lines: bytes.subarray(0, written), place };
      text = text.slice(read);
    }
    this.#text = "";
    this.#place = this.#next;
  }
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
