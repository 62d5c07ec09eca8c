import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { FileMetaData, RowGroup } from "hyparquet";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { parquetContent } from "../../site/uploads/parquet-content.ts";
import { checkedColumns, checkedGroup, checkPages, parquetLimits } from "../../site/uploads/parquet-guard.ts";
import { compressionOf, unpack, type Compression } from "../../functions/files/unpack.ts";
import { randomNumbers } from "../support/random.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-content-"));
let connection: DuckDBConnection;
let made = 0;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

/** A Parquet file by an engine that is not ours. */
async function parquetOf(select: string, options = ""): Promise<Buffer> {
  const file = join(folder, `${made++}.parquet`);
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet${options})`);
  return readFileSync(file);
}

const common = { name: "test", version: "1", description: "", fields: [] };
const json = { ...common, format: "json", time: { path: "ts", unit: "ms" } } as Profile;
const csv = {
  ...common,
  format: "csv",
  delimiter: ";",
  decimal: ",",
  time: { path: "ts", unit: "iso" },
} as Profile;

async function linesOf(
  bytes: Buffer,
  profile = json,
  limits?: Parameters<typeof parquetContent>[2],
): Promise<string> {
  const slice = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
  const found: Buffer[] = [];
  for await (const chunk of parquetContent({ bytes: bytes.length, slice }, profile, limits))
    found.push(chunk);
  return Buffer.concat(found).toString();
}

const everyType = `SELECT TIMESTAMPTZ '2016-11-25 09:00:00.123456+00' AS ts, 9007199254740993::BIGINT AS whole,
  18446744073709551615::UBIGINT AS unsigned, 0.1::FLOAT AS small, -0.5 :: DOUBLE AS real, true AS ok,
  'a;"b"' AS text, NULL::INT AS none, DATE '2020-02-29' AS day, 1.25::DECIMAL(9,2) AS money,
  TIMESTAMP_NS '2020-01-01 00:00:00.000000789' AS fine, 'NaN'::DOUBLE AS nan`;

describe("Parquet as records", () => {
  test("every type, as a device would have logged it", async () => {
    const bytes = await parquetOf(everyType);
    expect(await linesOf(bytes)).toBe(
      '{"ts":1480064400123.456,"whole":9007199254740993,"unsigned":18446744073709551615,' +
        '"small":0.10000000149011612,"real":-0.5,"ok":true,"text":"a;\\"b\\"","day":"2020-02-29","money":1.25,' +
        '"fine":"2020-01-01T00:00:00.000000789Z","nan":null}\n',
    );
    expect(await linesOf(bytes, csv)).toBe(
      "ts;whole;unsigned;small;real;ok;text;none;day;money;fine;nan\n" +
        "2016-11-25T09:00:00.123456Z;9007199254740993;18446744073709551615;0,10000000149011612;-0,5;true;" +
        '"a;""b""";;2020-02-29;1,25;2020-01-01T00:00:00.000000789Z;NaN\n',
    );
    const ordered = { ...csv, columns: ["real", "ts"], skip: 1 } as Profile;
    expect(await linesOf(bytes, ordered)).toBe("\n-0,5;2016-11-25T09:00:00.123456Z\n");
  });

  test.each(["SNAPPY", "ZSTD", "GZIP", "BROTLI", "UNCOMPRESSED"])("%s, several row groups", async (codec) => {
    const select = "SELECT range AS seq, range % 7 AS k, range::VARCHAR || 'x' AS t FROM range(5000)";
    const lines = (await linesOf(await parquetOf(select, `, CODEC '${codec}', ROW_GROUP_SIZE 2048`))).split(
      "\n",
    );
    expect(lines.length).toBe(5_001);
    expect(lines[4_999]).toBe('{"seq":4999,"k":1,"t":"4999x"}');
  });

  test("what can't be records is refused by name", async () => {
    const refused = async (select: string, why: string, profile = json, options = "") =>
      expect(linesOf(await parquetOf(select, options), profile)).rejects.toThrow(why);
    await refused("SELECT [1, 2] AS list", 'the column "list" is nested');
    await refused("SELECT {'a': 1} AS s", 'the column "s" is nested');
    await refused("SELECT 1 AS a", "the profile test is raw-binary", {
      ...json,
      format: "raw-binary",
    } as Profile);
    await refused("SELECT 1 AS a", "unsupported compression codec", json, ", CODEC 'LZ4_RAW'");
    const bytes = await parquetOf("SELECT range AS a FROM range(100)");
    await expect(linesOf(bytes.subarray(0, -1))).rejects.toThrow("ends early");
  });
});

describe("malicious Parquet", () => {
  test("few bytes that are endless rows, and rows that take memory or time, are given up", async () => {
    const bomb = await parquetOf(
      "SELECT 'the same text on and on' AS t FROM range(4000000)",
      ", CODEC 'ZSTD'",
    );
    expect(bomb.length).toBeLessThan(100_000);
    await expect(linesOf(bomb)).rejects.toThrow("more than 200 times its own bytes");
    await expect(linesOf(bomb, json, { patience: 60_000, memoryMegabytes: 8 })).rejects.toThrow(
      "more memory",
    );
    await expect(linesOf(bomb, json, { patience: 1, memoryMegabytes: 64 })).rejects.toThrow(
      "more than 0.001 s",
    );
  }, 60_000);

  test("sizes are checked before they are believed", () => {
    const group = (change: object, rows = 10n, columns = 1): RowGroup =>
      ({
        num_rows: rows,
        columns: Array.from({ length: columns }, () => ({
          meta_data: { data_page_offset: 4n, total_compressed_size: 50n, ...change },
        })),
      }) as unknown as RowGroup;
    expect(checkedGroup(group({}), 100)).toEqual({ start: 4, end: 54 });
    expect(() => checkedGroup(group({ total_compressed_size: 97n }), 100)).toThrow("from 4 to 101 of 100");
    expect(() => checkedGroup(group({ total_compressed_size: -9n }), 100)).toThrow("from 4 to -5");
    expect(() => checkedGroup(group({ dictionary_page_offset: 1n }), 100)).toThrow("from 1 to");
    expect(() => checkedGroup(group({}, 20_000_000n), 100)).toThrow("smaller row groups");
    expect(() => checkedGroup(group({}, 20_000n, 900), 100)).toThrow("smaller row groups");
    expect(() => checkedGroup(group({}, -1n), 100)).toThrow("a row group of -1 rows");
    expect(() => checkedGroup(group({ total_compressed_size: 200_000_000n }), 2 ** 30)).toThrow(
      "200000000 bytes",
    );
    const schema = Array.from({ length: parquetLimits.columns + 2 }, (_, at) => ({ name: `c${at}` }));
    expect(() => checkedColumns({ schema, row_groups: [] } as unknown as FileMetaData)).toThrow(
      "1001 columns",
    );
  });

  test("a page that claims more than there is, is found in its head", () => {
    /** Thrift's compact protocol: PageHeader{1: DATA_PAGE, 2: unpacked, 3: packed, 5: {1: values, 2: encoding}}. */
    const zigzag = (value: number): number[] => {
      const bytes: number[] = [];
      let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
      for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
      return [...bytes, Number(left)];
    };
    const page = (plain: number, packed: number, values: number, encoding: number): Uint8Array =>
      Uint8Array.from([
        ...[0x15, 0, 0x15, ...zigzag(plain), 0x15, ...zigzag(packed)],
        ...[0x2c, 0x15, ...zigzag(values), 0x15, ...zigzag(encoding), 0, 0, 1, 2, 3, 4],
      ]);
    const check = (bytes: Uint8Array, rows = 10n): void => {
      const meta_data = { data_page_offset: 4n, total_compressed_size: BigInt(bytes.length) };
      checkPages({ num_rows: rows, columns: [{ meta_data }] } as unknown as RowGroup, bytes, 4);
    };
    check(page(4, 4, 10, 0));
    expect(() => check(page(4, 2_000_000_000, 10, 0))).toThrow("a page of 2000000000 bytes");
    expect(() => check(page(2_000_000_000, 4, 10, 0))).toThrow("2000000000 unpacked");
    expect(() => check(page(4, -4, 10, 0))).toThrow("a page of -4 bytes");
    expect(() => check(page(4, 4, 2_000_000_000, 0))).toThrow("a page of 2000000000 values");
    expect(() => check(page(4, 4, 9, 0))).toThrow("9 values in a row group of 10 rows");
    expect(() => check(page(4, 4, 10, 7))).toThrow("DELTA_BYTE_ARRAY is not read");
  });

  test("bytes that are changed anywhere end in a refusal or in rows, never otherwise", async () => {
    const good = await parquetOf(
      "SELECT range AS seq, 't' || range % 9 AS t, range / 3 AS r FROM range(300)",
    );
    const random = randomNumbers(9);
    const ends = { rows: 0, refused: 0 };
    const attempt = async (): Promise<void> => {
      const bytes = Buffer.from(good);
      for (let left = 3; left > 0; left--)
        bytes[4 + Math.floor(random() * (bytes.length - 12))] = random() * 256;
      await linesOf(bytes).then(
        () => ends.rows++,
        (error: Error) => {
          expect(error.name).toBe("FileRefusal");
          ends.refused++;
        },
      );
    };
    for (let left = 15; left > 0; left--) await attempt();
    expect(ends.rows + ends.refused).toBe(15);
    expect(ends.refused).toBeGreaterThan(2);
  }, 60_000);
});

describe("compressed files", () => {
  const text = Buffer.from("1,2,3\n".repeat(30_000));
  async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }
  const unpacked = async (bytes: Uint8Array, compression: Compression): Promise<number> => {
    let length = 0;
    for await (const chunk of unpack(inPieces(bytes), bytes.length, compression)) length += chunk.length;
    return length;
  };

  test("are known by their first bytes and unpacked; several members too", async () => {
    expect(
      [gzipSync(text), zstdCompressSync(text), text, brotliCompressSync(text)].map(compressionOf),
    ).toEqual(["gzip", "zstd", null, null]);
    expect(await unpacked(gzipSync(text), "gzip")).toBe(text.length);
    expect(await unpacked(Buffer.concat([gzipSync(text), gzipSync(text)]), "gzip")).toBe(2 * text.length);
    expect(await unpacked(zstdCompressSync(text), "zstd")).toBe(text.length);
  });

  test("damaged, cut, with something behind them, or a bomb: refused", async () => {
    const [gzip, zstd] = [gzipSync(text), zstdCompressSync(text)];
    await expect(unpacked(gzip.subarray(0, -5), "gzip")).rejects.toThrow("damaged or ends early");
    await expect(unpacked(zstd.subarray(0, -5), "zstd")).rejects.toThrow("damaged or ends early");
    zstd[zstd.length >> 1]! ^= 255;
    await expect(unpacked(zstd, "zstd")).rejects.toThrow("the zstd file is damaged");
    const two = Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]);
    await expect(unpacked(two, "zstd")).rejects.toThrow("more behind its first frame");
    const bomb = gzipSync(Buffer.alloc(100 << 20), { level: 1 });
    await expect(unpacked(bomb.subarray(0, 300_000), "gzip")).rejects.toThrow(
      /more than 200 times|ends early/,
    );
    await expect(unpacked(zstdCompressSync(Buffer.alloc(100 << 20)), "zstd")).rejects.toThrow(
      "more than 200 times",
    );
  });
});
