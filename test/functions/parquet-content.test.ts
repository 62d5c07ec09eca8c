import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { FileMetaData, RowGroup } from "hyparquet";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { parquetContent } from "../../functions/files/parquet/content.ts";
import {
  checkedColumns,
  checkedGroup,
  checkPages,
  parquetLimits,
} from "../../functions/files/parquet/guard.ts";
import { parquetInTurn, parquetStart } from "../../functions/files/parquet/turns.ts";
import { firstRow, type PlacedLines, type RowPlace } from "../../functions/files/parquet/rows.ts";
import {
  endlessPage,
  goodParquet,
  hostileParquet,
  page,
  type PageClaims,
} from "../support/hostile-parquet.ts";

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

const limits = { patience: 60_000, memoryMegabytes: 640, processMegabytes: 1_200 };

async function chunksOf(
  bytes: Buffer,
  {
    profile = json,
    from = firstRow,
    ...more
  }: Partial<typeof limits> & { profile?: Profile; from?: RowPlace },
): Promise<PlacedLines[]> {
  const slice = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
  const file = { bytes: bytes.length, slice };
  const chunks: PlacedLines[] = [];
  for await (const chunk of parquetContent(file, profile, from, 0, { ...limits, ...more }))
    chunks.push(chunk);
  return chunks;
}

async function linesOf(bytes: Buffer, options: Parameters<typeof chunksOf>[1] = {}): Promise<string> {
  const chunks = await chunksOf(bytes, options);
  return Buffer.concat(chunks.map(({ lines }) => lines)).toString();
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
    expect(await linesOf(bytes, { profile: csv })).toBe(
      "ts;whole;unsigned;small;real;ok;text;none;day;money;fine;nan\n" +
        "2016-11-25T09:00:00.123456Z;9007199254740993;18446744073709551615;0,10000000149011612;-0,5;true;" +
        '"a;""b""";;2020-02-29;1,25;2020-01-01T00:00:00.000000789Z;NaN\n',
    );
    const ordered = { ...csv, columns: ["real", "ts"], skip: 1 } as Profile;
    expect(await linesOf(bytes, { profile: ordered })).toBe("\n-0,5;2016-11-25T09:00:00.123456Z\n");
  });

  test.each(["SNAPPY", "ZSTD", "GZIP", "BROTLI", "UNCOMPRESSED"])("%s, several row groups", async (codec) => {
    const select = "SELECT range AS seq, range % 7 AS k, range::VARCHAR || 'x' AS t FROM range(5000)";
    const lines = (await linesOf(await parquetOf(select, `, CODEC '${codec}', ROW_GROUP_SIZE 2048`))).split(
      "\n",
    );
    expect(lines.length).toBe(5_001);
    expect(lines[4_999]).toBe('{"seq":4999,"k":1,"t":"4999x"}');
  });

  test("is gone on with from any row, in the middle of a row group too", async () => {
    const select =
      "SELECT range AS seq, 'a' || chr(10) || range AS t, repeat('x', 500) AS x FROM range(9000)";
    const bytes = await parquetOf(select, ", ROW_GROUP_SIZE 2048");
    for (const profile of [json, csv]) {
      const chunks = await chunksOf(bytes, { profile });
      expect(chunks.length).toBeGreaterThan(3);
      const [, , { place: from } = { place: firstRow }] = chunks;
      expect(from.lines).toBe(profile === csv ? 2 * from.row : from.row);
      const [, ...whole] = (await linesOf(bytes, { profile })).split("\n");
      const [, ...rest] = (await linesOf(bytes, { profile, from })).split("\n");
      expect(rest).toEqual(whole.slice(from.lines));
    }
  });

  test("waits while another file is read, whether that is read to its end or not", async () => {
    const bytes = goodParquet();
    const slice = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
    const content = () => parquetInTurn({ bytes: bytes.length, slice }, json, parquetStart);
    const [first, second] = [content(), content()];
    await first.next();
    let isRead = false;
    const waiting = second.next().then(() => (isRead = true));
    await linesOf(bytes);
    expect(isRead).toBe(false);
    await first.return(undefined);
    await waiting;
    await second.return(undefined);
  });

  test("what can't be records is refused by name", async () => {
    const refused = async (select: string, why: string, profile = json, options = "") =>
      expect(linesOf(await parquetOf(select, options), { profile })).rejects.toThrow(why);
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
    await expect(linesOf(bomb, { processMegabytes: 70 })).rejects.toThrow("more memory");
    await expect(linesOf(bomb, { patience: 1 })).rejects.toThrow("more than 0.001 s");
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
    // The same bytes twice.
    expect(() => checkedGroup(group({ total_compressed_size: 100_000_000n }, 10n, 2), 2 ** 30)).toThrow(
      "200000000 bytes",
    );
    const schema = Array.from({ length: parquetLimits.columns + 2 }, (_, at) => ({ name: `c${at}` }));
    expect(() => checkedColumns({ schema, row_groups: [] } as unknown as FileMetaData)).toThrow(
      "1001 columns",
    );
  });

  test("a page that claims more than there is, is found in its head", () => {
    const check = (claims: PageClaims, width?: number, rows = 10n): void => {
      const bytes = page(claims, Uint8Array.of(1, 2, 3, 4));
      const meta_data = {
        ...{ data_page_offset: 4n, total_compressed_size: BigInt(bytes.length), path_in_schema: ["a"] },
      };
      const group = { num_rows: rows, columns: [{ meta_data }] } as unknown as RowGroup;
      checkPages(group, [{ name: "root" }, { name: "a", ...(width && { type_length: width }) }], bytes, 4);
    };
    const four = { plain: 4, packed: 4, values: 10 };
    check(four);
    expect(() => check({ ...four, packed: 2_000_000_000 })).toThrow("a page of 2000000000 bytes");
    expect(() => check({ ...four, plain: 2_000_000_000 })).toThrow("2000000000 unpacked");
    expect(() => check({ ...four, packed: -4 })).toThrow("a page of -4 bytes");
    expect(() => check({ ...four, values: 2_000_000_000 })).toThrow("a page of 2000000000 values");
    expect(() => check({ ...four, values: 9 })).toThrow("9 values in a row group of 10 rows");
    expect(() => check({ ...four, encoding: 7 })).toThrow("DELTA_BYTE_ARRAY is not read");
    expect(() => check({ ...four, type: 9 })).toThrow("a page of the type undefined");
    check({ ...four, encoding: 9 }, 16);
    expect(() => check({ ...four, encoding: 9 }, 2 ** 30)).toThrow("10 values of 1073741824 bytes");
  });

  test("a page that leads back to itself is given up", async () => {
    await expect(linesOf(endlessPage(), { patience: 2_000 })).rejects.toThrow("more than 2 s");
  });

  test.each(hostileParquet)("%s: refused, and only its reader ends", async (_, bytes, words) => {
    const refused = linesOf(bytes, { memoryMegabytes: 128, processMegabytes: 400 });
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toMatchObject({ name: "FileRefusal" });
  });

  test("bytes that are changed anywhere end in a refusal or in rows, never otherwise", async () => {
    const good = goodParquet();
    const change = fc.tuple(fc.integer({ min: 4, max: good.length - 9 }), fc.integer({ min: 0, max: 255 }));
    const ends = { rows: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        await linesOf(bytes, { memoryMegabytes: 128, processMegabytes: 400 }).then(
          () => ends.rows++,
          (error: Error) => {
            if (error.name !== "FileRefusal") throw error;
            ends.refused++;
          },
        );
      }),
      { numRuns: 20, seed: 9, endOnFailure: true },
    );
    expect(ends.rows + ends.refused).toBe(20);
    expect(ends.refused).toBeGreaterThan(2);
  }, 60_000);
});
