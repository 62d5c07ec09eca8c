/** Parquet in the raw zone that functions of both clouds make rows of: by value, over zones in memory. */
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { FileRefusal } from "../../functions/core/files/refusal.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { parquetContent } from "../../functions/files/parquet/content.ts";
import { takeUploaded } from "../../functions/uploaded-file.ts";
import { readProfiles } from "../../profiles/read.ts";
import { goodParquet, hostileParquet } from "../support/hostile-parquet.ts";
import { memoryZones, type MemoryZones } from "../support/memory-zones.ts";
import { clouds, uploadFunctions, type UploadFunctions } from "../support/upload-functions.ts";
import { parquetRows } from "./parquet-rows.ts";

const at = Date.UTC(2026, 10, 21, 7, 15);
const bindings = [
  { devices: "press-*", profile: "machine-json" },
  { devices: "logger-*", channel: "telemetry/log", profile: "logger-csv" },
];
let profiles: readonly Profile[];
let zones: MemoryZones;
let functions: UploadFunctions;

beforeAll(async () => {
  profiles = (await readProfiles(["machine-json", "logger-csv"])) as readonly Profile[];
});
beforeEach(async () => {
  zones = memoryZones(at);
  functions = await uploadFunctions(zones, profiles, bindings);
});

function put(content: string | Uint8Array, place = "press-01/telemetry", metadata = {}): string {
  const bytes = Buffer.from(content);
  const key = `offline/${place}/${createHash("sha256").update(bytes).digest("hex")}`;
  zones.put(key, bytes, metadata);
  return key;
}
const curated = () => parquetRows(zones.below("curated/readings/"), "* EXCLUDE (ingest_ts)");
const refused = () => parquetRows(zones.below("quarantine/quarantine/"), "device_id, detail");
const manifest = (key: string): unknown =>
  JSON.parse(Buffer.from(zones.stored.get(`curated/_manifest/${key}.json`) ?? "null").toString());
const names = (): string[] => [...zones.stored.keys()].filter((name) => !name.startsWith("raw/")).toSorted();

/** What the profile's device would have logged instead. */
const logged = (rows: number): string =>
  Array.from({ length: rows }, (_, seq) => {
    const temperature = seq % 9 === 8 ? {} : { temperature: seq / 3 };
    return `${JSON.stringify({ seq, ts: 1_600_000_000_000 + seq * 1_000, ...temperature })}\n`;
  }).join("");

describe.each(clouds)("on %s, a Parquet file", (cloud) => {
  test("has the rows of the log that it is, of the same identity, and a manifest", async () => {
    const key = put(goodParquet());
    await functions.run(cloud, key);
    const rows = await curated();
    expect(rows).toHaveLength(267);
    const counts = { messages: 300, readings: 267, quarantined: 0, unreadable: 0, refused: null };
    expect(manifest(key)).toMatchObject({ container: "parquet", profile: "machine-json", ...counts });
    zones.stored.clear();
    await functions.run(cloud, put(logged(300)));
    expect(await curated()).toEqual(rows);
  });

  test("of a device that logs CSV is read with its columns, whatever they are pressed by", async () => {
    const csv = "time,temperature,running\n2026-11-20T00:00:00.000000Z,21.5,true\n";
    await functions.run(cloud, put(csv, "logger-01/telemetry/log"));
    const plain = await curated();
    expect(plain).toHaveLength(2);
    zones.stored.clear();
    const columnData = [
      { name: "time", data: [new Date("2026-11-20T00:00:00Z")], type: "TIMESTAMP" as const },
      { name: "temperature", data: [21.5], type: "DOUBLE" as const },
      { name: "running", data: [true], type: "BOOLEAN" as const },
    ];
    for (const [codec, compress] of [
      ["SNAPPY", undefined],
      ["GZIP", gzipSync],
      ["ZSTD", zstdCompressSync],
    ] as const) {
      const compressors = compress && { [codec]: (bytes: Uint8Array) => new Uint8Array(compress(bytes)) };
      const file = parquetWriteBuffer({ columnData, codec, ...(compressors && { compressors }) });
      await functions.run(cloud, put(Buffer.from(file), "logger-01/telemetry/log"));
      expect(await curated()).toEqual(plain);
      zones.stored.clear();
    }
  });

  test("whose clock was wrong is put right; with two clocks it is refused", async () => {
    await functions.run(cloud, put(goodParquet(1), "press-01/telemetry", { clock: "0=3600000000" }));
    expect(await parquetRows(zones.below("curated/readings/"), "epoch_ms(ts)::DOUBLE AS ts")).toEqual([
      { ts: 1_600_003_600_000 },
    ]);
    const [seq, ts] = [
      [0, 1],
      [1_700_000_000_000n, 1_600_000_000_000n],
    ];
    const columnData = [
      { name: "seq", data: seq },
      { name: "ts", data: ts },
      { name: "cycles", data: seq },
    ];
    const two = put(Buffer.from(parquetWriteBuffer({ columnData })), "press-01/telemetry", { clock: "0=1" });
    await functions.run(cloud, two);
    expect(manifest(two)).toMatchObject({ refused: expect.stringContaining("not of one clock") });
  });

  test("that is hostile, cut or packed is refused in quarantine and its manifest; the next one is taken", async () => {
    const files = [
      // What takes them in is one: each has to go through one of its handlers.
      ...hostileParquet.filter((_, index) => index % clouds.length === clouds.indexOf(cloud)),
      ["in gzip", gzipSync(goodParquet()), "compressed by itself, send it as it is"],
      ["in zstd", zstdCompressSync(goodParquet()), "compressed by itself, send it as it is"],
    ] as const;
    const told: string[] = [];
    for (const [, bytes, words] of files) {
      const key = put(bytes);
      await functions.run(cloud, key);
      expect(manifest(key)).toMatchObject({ messages: 0, refused: expect.stringContaining(words) });
      told.push(words);
    }
    expect((await refused()).map(({ detail }) => detail)).toEqual(
      expect.arrayContaining(told.map((words) => expect.stringContaining(words))),
    );
    expect(await curated()).toEqual([]);
    await functions.run(cloud, put(goodParquet()));
    expect(await curated()).toHaveLength(267);
  }, 120_000);
});

describe("a Parquet file longer than a function lives", () => {
  const batch = { messages: 400, bytes: 1 << 20 };
  const rows = 3_000;
  /** Rows of a kilobyte, so that there is more than a chunk of them. */
  const long = (): Buffer => {
    const numbers = Array.from({ length: rows }, (_, seq) => seq);
    const columnData = [
      { name: "seq", data: numbers },
      { name: "ts", data: numbers.map((seq) => BigInt(1_600_000_000_000 + seq)) },
      { name: "state", data: numbers.map((seq) => `${seq}`.padStart(1_000, "s")) },
    ];
    return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 700 }));
  };

  test("goes on where its function ended, first with looking through it, then batch by batch, to the same objects", async () => {
    const small = await uploadFunctions(zones, profiles, bindings, [], batch);
    const file = long();
    expect(await small.run("aws", put(file))).toBe(1);
    const atOnce = names();
    const key = put(file);
    const said = manifest(key);
    expect(said).toMatchObject({ messages: rows, unreadable: 0 });
    zones.stored.clear();
    expect(await small.run("aws", put(file), { left: 0 })).toBeGreaterThan(8);
    expect(names()).toEqual(atOnce);
    expect(manifest(key)).toEqual(said);
  });

  test("is read from the row group on where it ended, by ranges; a store that fails is no fault of the file", async () => {
    const asked: number[] = [];
    const { files } = zones;
    const range = (bucket: string, of: string, start: number, end: number) => {
      asked.push(start);
      return files.range(bucket, of, start, end);
    };
    const { ports } = await uploadFunctions(
      { ...zones, files: { ...files, range } },
      profiles,
      bindings,
      [],
      batch,
    );
    const key = put(long());
    let turns = 0;
    const progress = await takeUploaded("raw", key, ports, null, () => ++turns < 8);
    expect(progress).toMatchObject({
      content: { container: "parquet" },
      rows: { row: { row: expect.any(Number) } },
    });
    const ended = progress?.rows?.row.row ?? 0;
    expect(ended).toBeGreaterThan(700);
    asked.length = 0;
    expect(await takeUploaded("raw", key, ports, progress)).toBeNull();
    // The footer twice, and the groups from that one on.
    expect(asked).toHaveLength(2 + Math.ceil(rows / 700) - Math.floor(ended / 700));
    expect(manifest(key)).toMatchObject({ messages: rows, refused: null });

    const failing = { ...files, range: () => Promise.reject(new Error("HTTP 503")) };
    const content = parquetContent({ bytes: 99, slice: failing.range }, profiles[0]!);
    const failed = content.next();
    await expect(failed).rejects.toThrow("HTTP 503");
    await expect(failed).rejects.not.toBeInstanceOf(FileRefusal);
  });
});
