/** Parquet files that somebody wrote to do harm, or that were cut: each with words of what is said of it. */
import { gzipSync } from "node:zlib";
import type { ColumnMetaData, FileMetaData, RowGroup } from "hyparquet";
import { parquetMetadata } from "hyparquet";
import { ByteWriter, parquetWriteBuffer } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";

const magic = Buffer.from("PAR1");

/** What a device of the profile `machine-json` would have logged. */
export const goodParquet = (rows = 300): Buffer => {
  const numbers = Array.from({ length: rows }, (_, at) => at);
  return Buffer.from(
    parquetWriteBuffer({
      codec: "UNCOMPRESSED",
      columnData: [
        { name: "seq", data: numbers, type: "INT32" },
        { name: "ts", data: numbers.map((at) => BigInt(1_600_000_000_000 + at * 1_000)), type: "INT64" },
        { name: "temperature", data: numbers.map((at) => (at % 9 === 8 ? null : at / 3)), type: "DOUBLE" },
      ],
    }),
  );
};

/** With another footer. */
export function withFooter(file: Buffer, change: (metadata: FileMetaData, group: RowGroup) => void): Buffer {
  const metadata = parquetMetadata(new Uint8Array(file).buffer);
  change(metadata, metadata.row_groups[0]!);
  return closed(file.subarray(0, file.length - 8 - file.readUInt32LE(file.length - 8)), metadata);
}

function closed(body: Uint8Array, metadata: FileMetaData): Buffer {
  const writer = new ByteWriter();
  writeMetadata(writer, metadata);
  writer.appendUint32(writer.offset);
  return Buffer.concat([body, new Uint8Array(writer.getBuffer()), magic]);
}

/** In Thrift's compact protocol. */
export function zigzag(value: number): number[] {
  return varint(BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n)));
}
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

export interface PageClaims {
  readonly plain: number;
  readonly packed: number;
  readonly values: number;
  readonly encoding?: number;
  /** As its head says: 0 data, 2 dictionary. */
  readonly type?: number;
}

/** PageHeader{1: type, 2: plain, 3: packed, 5: DataPageHeader{1: values, 2: encoding}}, and what is behind it. */
export const page = (
  { plain, packed, values, encoding = 0, type = 0 }: PageClaims,
  content: Uint8Array,
): Buffer =>
  Buffer.concat([
    Uint8Array.from([0x15, ...zigzag(type), 0x15, ...zigzag(plain), 0x15, ...zigzag(packed)]),
    Uint8Array.from([0x2c, 0x15, ...zigzag(values), 0x15, ...zigzag(encoding), 0, 0]),
    content,
  ]);

/** A column of whole numbers, of which some may be missing, that is this page. */
export function onePage(
  rows: number,
  bytes: Uint8Array,
  codec: "UNCOMPRESSED" | "GZIP" | "SNAPPY" = "UNCOMPRESSED",
): Buffer {
  const size = BigInt(bytes.length);
  const chunk: ColumnMetaData = {
    ...{ type: "INT32", encodings: ["PLAIN"], path_in_schema: ["seq"], codec, num_values: BigInt(rows) },
    ...{ total_uncompressed_size: size, total_compressed_size: size, data_page_offset: 4n },
  };
  return closed(Buffer.concat([magic, bytes]), {
    version: 2,
    schema: [
      { name: "schema", num_children: 1 },
      { name: "seq", type: "INT32", repetition_type: "OPTIONAL" },
    ],
    num_rows: BigInt(rows),
    row_groups: [
      {
        columns: [{ file_offset: 4n, meta_data: chunk }],
        total_byte_size: size,
        num_rows: BigInt(rows),
      },
    ],
    metadata_length: 0,
  });
}

/** Of ten values all are there, says a run of so many. */
export function longRun(length: number): Buffer {
  const levels = Uint8Array.from([...varint(BigInt(length) << 1n), 1]);
  const content = Buffer.concat([Uint8Array.of(levels.length, 0, 0, 0), levels, new Uint8Array(40)]);
  const size = content.length;
  return onePage(10, page({ plain: size, packed: size, values: 10 }, content));
}

/** In Snappy: behind its length, a literal of -5 bytes, which leads back to itself. */
export function endlessPage(): Buffer {
  const content = Uint8Array.from([40, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  return onePage(10, page({ plain: 40, packed: content.length, values: 10 }, content), "SNAPPY");
}

/** A footer of lists in lists, each of which says that it has so many. */
function longLists(length: number): Buffer {
  const lists = Array.from({ length: 12 }, () => [0xf9, ...varint(BigInt(length))]).flat();
  const footer = Uint8Array.from([0x29, ...lists]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(footer.length);
  return Buffer.concat([magic, footer, size, magic]);
}

const bomb = gzipSync(Buffer.alloc(1 << 20));
const cut = (bytes: Buffer, from: number): Buffer => bytes.subarray(0, from);
const footerOf = (length: number): Buffer => {
  const bytes = Buffer.from(goodParquet());
  bytes.writeUInt32LE(length, bytes.length - 8);
  return bytes;
};
const changed = (change: Parameters<typeof withFooter>[1]): Buffer => withFooter(goodParquet(), change);

export const hostileParquet: readonly (readonly [name: string, bytes: Buffer, words: string])[] = [
  ["nothing but its first bytes", cut(goodParquet(), 4), "the file ends early"],
  ["half of it", cut(goodParquet(), 900), "the file ends early"],
  ["a footer longer than the file", footerOf(0xffff_fff0), "the file ends early"],
  ["a footer that begins in the middle of its own", footerOf(9), "it is damaged"],
  ["a footer whose lists fill any memory", longLists(30_000_000), "more memory"],
  [
    "a column behind the end",
    changed((_, { columns }) => {
      columns[1]!.meta_data!.total_compressed_size = 1_000_000n;
    }),
    "a column's bytes are from",
  ],
  [
    "a column in the place of another",
    changed((_, { columns }) => columns.reverse()),
    'without the column "seq"',
  ],
  [
    "more rows than anybody can count",
    changed((_, group) => {
      group.num_rows = 1n << 40n;
    }),
    "a row group of 1099511627776 rows",
  ],
  [
    "fewer than none",
    changed((_, group) => {
      group.num_rows = -5n;
    }),
    "a row group of -5 rows",
  ],
  [
    "more rows than its pages have",
    changed((_, group) => {
      group.num_rows = 301n;
    }),
    "a column of 300 values in a row group of 301 rows",
  ],
  [
    "a nested column",
    changed(({ schema }) => {
      schema[1]!.repetition_type = "REPEATED";
    }),
    'the column "seq" is nested',
  ],
  [
    "a compression that is not read",
    changed((_, { columns }) => {
      columns[0]!.meta_data!.codec = "LZ4_RAW";
    }),
    "unsupported compression codec: LZ4_RAW",
  ],
  [
    "a page that is a bomb",
    onePage(10, page({ plain: 40, packed: bomb.length, values: 10 }, bomb), "GZIP"),
    "it is damaged",
  ],
  [
    "a page that is two things",
    onePage(10, page({ plain: 40, packed: 40, values: 10, type: 2 }, new Uint8Array(40))),
    "a page of undefined values",
  ],
  ["a run that fills any memory", longRun(2 ** 29), "more memory"],
];
