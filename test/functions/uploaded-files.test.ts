/** Files of the raw zone that functions of both clouds make rows of: by value, over zones in memory. */
import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";
import { memoryZones, type MemoryZones } from "../support/memory-zones.ts";
import { museMemory } from "../support/muse-memory.ts";
import { clouds, uploadFunctions, type UploadFunctions } from "../support/upload-functions.ts";
import { parquetRows } from "./parquet-rows.ts";

const at = Date.UTC(2026, 10, 21, 7, 15);
const muse = await museMemory();
const bindings = [
  { devices: "press-ini", profile: "press-ini" },
  { devices: "press-*", profile: "machine-json" },
  { devices: "logger-*", channel: "telemetry/log", profile: "logger-csv" },
  { devices: "wrist-*", profile: "muse-v2-log" },
];
let profiles: readonly Profile[];
let zones: MemoryZones;
let functions: UploadFunctions;
const counted: Record<string, number>[] = [];

beforeAll(async () => {
  const shipped = (await readProfiles(["machine-json", "logger-csv"])) as readonly Profile[];
  const ini = { name: "press-ini", file: { format: "ini", record: "Cycle*" } };
  profiles = [...shipped, { ...shipped[0], ...ini } as Profile, muse.profile];
});
beforeEach(async () => {
  counted.length = 0;
  zones = memoryZones(at);
  functions = await uploadFunctions(zones, profiles, bindings, counted);
});

const line = (second: number): string =>
  `{"seq":${second},"ts":${1_600_000_000_000 + second * 1_000},"cycles":${second}}\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, second) => line(second)).join("");
const hashOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** @returns its key */
function put(content: string | Uint8Array, place = "press-01/telemetry", metadata = {}): string {
  const bytes = Buffer.from(content);
  const key = `offline/${place}/${hashOf(bytes)}`;
  zones.put(key, bytes, metadata);
  return key;
}
const curated = () => parquetRows(zones.below("curated/readings/"), "* EXCLUDE (ingest_ts)");
const refused = () => parquetRows(zones.below("quarantine/quarantine/"), "device_id, reason, detail");
const manifest = (key: string): unknown =>
  JSON.parse(Buffer.from(zones.stored.get(`curated/_manifest/${key}.json`) ?? "null").toString());
const names = (): string[] => [...zones.stored.keys()].toSorted();

describe.each(clouds)("on %s, a file", (cloud) => {
  test("of INI sections is the records that its profile sees in it; one that is none is refused with the line", async () => {
    await functions.run(cloud, put("[Cycle 1]\nseq=1\nts=1600000000000\ncycles=7\n", "press-ini/telemetry"));
    expect(
      await parquetRows(zones.below("curated/readings/"), "metric, value_int::INT AS value, codec"),
    ).toEqual([{ metric: "cycles", value: 7, codec: "press-ini" }]);
    await functions.run(cloud, put("[Cycle 1]\nseq=1\nnonsense\n", "press-ini/telemetry"));
    expect(await refused()).toEqual([
      expect.objectContaining({
        device_id: "press-ini",
        detail: expect.stringContaining('line 3: "nonsense"'),
      }),
    ]);
  });

  test("becomes rows at the times that it says, and a manifest; its event again changes nothing", async () => {
    const key = put(`${lines(3)}{"seq":9\n${"x".repeat(70_000)}\n`, "press-01/telemetry", {
      name: "day.ndjson",
    });
    await functions.run(cloud, key);
    const rows = await parquetRows(
      zones.below("curated/readings/"),
      "device_id, metric, value_int::INT AS value, epoch_ms(ts)::DOUBLE AS ts, epoch_ms(ingest_ts)::DOUBLE AS came, lane, codec",
    );
    expect(rows).toEqual(
      [0, 1, 2].map((second) => ({
        ...{ device_id: "press-01", metric: "cycles", value: second, ts: 1_600_000_000_000 + second * 1_000 },
        ...{ came: at, lane: "offline", codec: "machine-json" },
      })),
    );
    expect(await refused()).toEqual([
      { device_id: "press-01", reason: "not-well-formed", detail: expect.any(String) },
    ]);
    expect(manifest(key)).toEqual({
      ...{
        file: key,
        sha256: key.split("/").at(-1),
        bytes: expect.any(Number),
        stored_at: "2026-11-21T07:15:00.000Z",
      },
      ...{ device_id: "press-01", channel: "telemetry", name: "day.ndjson", clock: null, container: null },
      ...{ profile: "machine-json", codec_version: "1", refused: null },
      ...{ messages: 4, repeats: 0, readings: 3, frames: 0, quarantined: 1, undated: 0 },
      ...{ unreadable: 1, firstUnreadable: expect.stringMatching(/^5: a record of more than 65536 bytes/) },
    });
    const before = names();
    await functions.run(cloud, key);
    expect(names()).toEqual(before);
    expect(names().filter((name) => name.startsWith("raw/"))).toHaveLength(1);
  });

  test("that came packed has the same rows as unpacked; CSV of a channel is read by the channel's profile", async () => {
    const csv = "time,temperature,running\n2026-11-20T00:00:00Z,21.5,true\n2026-11-20T00:00:01Z,-999,false\n";
    await functions.run(cloud, put(csv, "logger-01/telemetry/log"));
    const plain = await curated();
    expect(plain.map(({ metric, value_double: value }) => [metric, value])).toEqual(
      expect.arrayContaining([["temperature", 21.5]]),
    );
    const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
    for (const pack of [gzipSync, zstdCompressSync, utf16]) {
      zones.stored.clear();
      await functions.run(cloud, put(pack(csv), "logger-01/telemetry/log"));
      expect(await curated()).toEqual(plain);
    }
    await functions.run(cloud, put(Buffer.from("504b03040a00", "hex"), "logger-01/telemetry/log"));
    expect(await refused()).toEqual([
      expect.objectContaining({ reason: "unknown-type", detail: expect.stringContaining("a ZIP archive") }),
    ]);
  });

  test("that is a memory log becomes the frames that the site makes of it; half a page is told of", async () => {
    const key = put(muse.file, "wrist-01/telemetry");
    await functions.run(cloud, key);
    const firstUnreadable = expect.stringMatching(/300 bytes at 2586 skipped: the input ends inside a frame/);
    expect(manifest(key)).toMatchObject({ messages: 5, frames: 189, unreadable: 1, firstUnreadable });
    for (const { name, row, expected } of muse.tables) {
      const rows = await parquetRows(zones.below(`curated/${name}/`), `ts, ${row} AS row`);
      expect(rows.map((one) => JSON.parse(one["row"] as string))).toEqual(expected);
    }
  });

  test("with records that have no time that can be read says how many", async () => {
    const key = put(`${line(1)}{"seq":2,"cycles":2}\n{"seq":3,"ts":"noon","cycles":3}\n`);
    await functions.run(cloud, key);
    expect(manifest(key)).toMatchObject({ messages: 3, readings: 3, undated: 2 });
  });

  test("whose clock was wrong is put right, with the device's own time beside", async () => {
    await functions.run(cloud, put(line(0), "press-01/telemetry", { clock: "0=3600000000" }));
    expect(
      await parquetRows(
        zones.below("curated/readings/"),
        "epoch_ms(ts)::DOUBLE AS ts, epoch_ms(ts_raw)::DOUBLE AS raw, flags",
      ),
    ).toEqual([{ ts: 1_600_003_600_000, raw: 1_600_000_000_000, flags: 272 }]);
  });

  test.each([
    [
      "other bytes than its name says",
      () => `offline/press-01/telemetry/${"0".repeat(64)}`,
      "id-mismatch",
      "SHA-256",
    ],
    ["a name of its own", () => "offline/press-01/telemetry/day.ndjson", "id-mismatch", "offline/<device>"],
    [
      "a channel that no device logs on",
      () => `offline/press-01/commands/x/${"0".repeat(64)}`,
      "id-mismatch",
      "name",
    ],
    ["no profile", () => put("x", "lamp-01/telemetry"), "no-codec", "telemetry of lamp-01"],
    [
      "half a gzip",
      () => put(gzipSync(lines(99)).subarray(0, 100)),
      "not-well-formed",
      "gzip file is damaged",
    ],
    [
      "one correction for two clocks",
      () => put(line(10_000_000) + line(0), "press-01/telemetry", { clock: "0=1000000" }),
      ...(["value-range", "not of one clock"] as const),
    ],
    [
      "a correction that is none",
      () => put(line(0), "press-01/telemetry", { clock: "soon" }),
      "schema",
      "clock",
    ],
  ])("with %s is refused once, in quarantine, and no row is made of it", async (_, place, reason, words) => {
    const key = place();
    if (!zones.stored.has(`raw/${key}`)) zones.put(key, Buffer.from(line(1)));
    await functions.run(cloud, key);
    await functions.run(cloud, key);
    expect(await refused()).toEqual([
      { device_id: key.split("/")[1], reason, detail: expect.stringContaining(words) },
    ]);
    expect(zones.below("curated/readings/")).toEqual([]);
    expect(counted).toContainEqual({ FilesRefused: 1, Quarantined: 1 });
  });

  test("that is empty is taken; one that is gone, and what is no upload, are nobody's", async () => {
    const key = put("");
    await functions.run(cloud, key);
    expect(manifest(key)).toMatchObject({ messages: 0, refused: null });
    const before = names();
    await functions.run(cloud, `offline/press-01/telemetry/${"1".repeat(64)}`);
    expect(names()).toEqual(before);
  });
});

describe("a file longer than a function lives", () => {
  const batch = { messages: 400, bytes: 1 << 20 };

  test("goes on batch by batch where its function ended, to the same objects", async () => {
    const small = await uploadFunctions(zones, profiles, bindings, counted, batch);
    const text = `${lines(1_000)}no json\n`;
    expect(await small.run("aws", put(text))).toBe(1);
    // Named by their content.
    const atOnce = names();
    expect(atOnce.length).toBeGreaterThan(4);
    zones.stored.clear();
    // A batch a run, and one more that finds nothing left.
    expect(await small.run("aws", put(text), { left: 0 })).toBe(4);
    expect(names()).toEqual(atOnce);
  });

  test("is asked for by ranges: all of it once for its hash, and again as far as its batches reach", async () => {
    const asked: number[] = [];
    const { files } = zones;
    const range = (bucket: string, of: string, start: number, end: number) => {
      asked.push(end - start);
      return files.range(bucket, of, start, end);
    };
    const { ports } = await uploadFunctions(
      { ...zones, files: { ...files, range } },
      profiles,
      bindings,
      counted,
      batch,
    );
    const text = Array.from(
      { length: 500 },
      (_, seq) => `{"seq":${seq},"state":"${"s".repeat(40_000)}"}\n`,
    ).join("");
    const { takeUploaded } = await import("../../functions/uploaded-file.ts");
    const first = await takeUploaded("raw", put(text), ports, null, () => false);
    // A batch ends behind the message that makes it too large.
    expect(first).toMatchObject({ batches: 1, counts: { messages: 27, readings: 27 } });
    const mebibytes = 1 << 20;
    expect(asked.map((bytes) => Math.ceil(bytes / mebibytes))).toEqual([8, 8, 4, 8]);
  });
});

describe("a store that fails", () => {
  const broken = {
    create: () => Promise.reject(new Error("could not write: HTTP 503")),
    read: () => Promise.reject(),
  };

  test("brings the file back on AWS; on Azure too, until it would hold up the others", async () => {
    const key = put(line(1));
    const { objects } = zones;
    const failing = await uploadFunctions(
      { ...zones, objects: { ...objects, ...broken } },
      profiles,
      bindings,
      counted,
    );
    await expect(failing.run("aws", key)).rejects.toThrow("HTTP 503");
    await expect(failing.run("azure", key, { retryCount: 9 })).rejects.toThrow("HTTP 503");

    const only = (bucket: string, name: string, bytes: Uint8Array) =>
      bucket === "curated" ? broken.create() : objects.create(bucket, name, bytes);
    const partly = await uploadFunctions(
      { ...zones, objects: { ...objects, create: only } },
      profiles,
      bindings,
      counted,
    );
    const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    await partly.run("azure", key, { retryCount: 10 });
    expect(said).toHaveBeenCalledTimes(1);
    said.mockRestore();
    const [letter] = zones.below("quarantine/uploads/");
    expect(JSON.parse(Buffer.from(letter ?? "").toString())).toEqual({
      file: key,
      error: "could not write: HTTP 503",
    });
    expect(counted).toContainEqual({ FilesPutAside: 1 });
    await functions.run("azure", key);
    expect(await curated()).toHaveLength(1);
  });

  test("events of another bucket are a mistake that is told of", async () => {
    const { createHandler } = await import("../../functions/handlers/aws-upload.ts");
    const body = JSON.stringify({ detail: { bucket: { name: "other" }, object: { key: "offline/x" } } });
    const handle = createHandler("raw", functions.ports, () => Promise.resolve());
    const Records = [{ body }] as Parameters<typeof handle>[0]["Records"];
    await expect(handle({ Records }, { getRemainingTimeInMillis: () => 1 })).rejects.toThrow("it is not raw");
  });
});
