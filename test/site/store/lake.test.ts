import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { payload } from "../../../bench/support/payloads.ts";
import { now, storeFolder, type Store, type StoreFolder } from "./support.ts";

let place: StoreFolder;
let store: Store;
beforeEach(async () => {
  place = storeFolder();
  store = await place.open();
});
afterEach(async () => {
  await store.close().catch(() => undefined);
  place.remove();
});

const reading = (seq: number, ts = Date.now() + seq, temperature = seq + 0.5) => ({ seq, ts, temperature });
const count = "SELECT count(*) FROM readings";

async function reopen(): Promise<void> {
  await store.close();
  store = await place.open();
}

describe("the lake", () => {
  test("answers from memory at once and from encrypted files after a flush, with the same rows", async () => {
    await store.send("press-01", reading(1), reading(2), "{not json");
    await store.lake.flush();
    const before = await store.lake.query("SELECT * FROM readings ORDER BY seq");
    expect(before.rows).toHaveLength(2);
    expect(before.columns.map(({ name }) => name)).toContain("codec_version");
    expect(place.files(/curated\/readings\/dt=.*\.parquet$/)).toHaveLength(1);
    await store.send("press-01", reading(3));
    while (Number(await store.value(count)) < 3) await new Promise((done) => setTimeout(done, 5));
    expect(await store.value("SELECT reason FROM quarantine")).toBe("not-well-formed");
    const [entry] = await store.lake.quarantine({ limit: 5 });
    expect(Buffer.from(entry?.payload ?? []).toString()).toBe("{not json");
    expect(await store.lake.quarantine({ limit: 5, before: entry?.id ?? "" })).toEqual([]);
  });

  test("keeps repeats out: in a batch, across batches, across restarts", async () => {
    const messages = Array.from({ length: 50 }, (_, seq) => reading(seq));
    await store.send("press-01", ...messages, ...messages);
    await store.send("press-01", ...messages.toReversed(), "{x", "{x");
    await store.lake.flush();
    expect(await store.value(count)).toBe("50");
    await reopen();
    await store.send("press-01", ...messages, "{x", reading(50));
    await store.lake.flush();
    expect(await store.value(count)).toBe("51");
    const { pipeline } = await store.lake.stats();
    expect(pipeline).toEqual({ messages: 204, rows: 51, frames: 0, quarantined: 1, duplicates: 152 });
  });

  test("compacted, an hour is one file with the same rows, and a second time nothing changes", async () => {
    const hour = 1_700_000_000_000;
    for (const seq of [1, 2, 3]) {
      await store.send("press-01", reading(seq, hour + seq));
      await store.lake.flush();
    }
    const rows = async () => (await store.lake.query("SELECT * FROM readings ORDER BY seq")).rows;
    const before = await rows();
    const { merged, before: from, after: to } = await store.lake.compact();
    expect([merged, from.files, to.files]).toEqual([3, 3, 1]);
    expect(place.files(/curated\/.*\.parquet$/)).toHaveLength(1);
    expect(await rows()).toEqual(before);
    expect(await store.lake.compact()).toEqual({ merged: 0, before: to, after: to });
    await reopen();
    expect(await rows()).toEqual(before);
  });

  test("writes late and early readings to the partition of their time, nothing moved", async () => {
    const day = 86_400_000;
    await store.send(
      "press-01",
      reading(1),
      reading(2, Date.now() - 3 * day),
      reading(3, Date.now() - 3 * day),
    );
    await store.lake.flush();
    await store.send(
      "press-01",
      reading(4, Date.now() - 3 * day),
      reading(5, 1000),
      reading(6, Date.now() + 3650 * day),
    );
    await store.lake.flush();
    const partitions = new Set(
      place.files(/curated\/readings/).map((file) => /dt=.*\/hr=\d\d/.exec(file)?.[0]),
    );
    expect(partitions.size).toBe(3);
    const { rows } = await store.lake.query(
      "SELECT seq, flags, ts_raw IS NOT NULL, abs(epoch(ts) - epoch(ingest_ts)) < 5 FROM readings WHERE seq >= 5 ORDER BY seq",
    );
    // 1970: an unset clock gives way to the arrival. Ten years ahead: kept, and flagged.
    expect(rows).toEqual([
      ["5", 6, true, true],
      ["6", 2, false, false],
    ]);
  });

  test("keeps whole, with its reason, what no decoder can read; what comes before and after is decoded", async () => {
    const frame = payload("frame62", 1);
    const garbage = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 151) % 256));
    const bad: readonly [device: string, bytes: Buffer, reason: string][] = [
      ["press-01", garbage, "not-well-formed"],
      ["press-01", Buffer.alloc(0), "empty"],
      ["room-01", Buffer.from('[{"bver":99,"n":"a","v":1}]'), "version"],
      ["room-01", Buffer.from('[{"n":"a","v":1}'), "not-well-formed"],
      ["wrist-01", frame.subarray(0, 61), "schema"],
      ["wrist-01", Buffer.concat([frame, Buffer.alloc(1)]), "schema"],
      ["wrist-01", garbage, "schema"],
    ];
    let seq = 0;
    for (const [device, bytes] of bad)
      await store.send(device, bytes).then(() => store.send("press-01", reading((seq += 1))));
    await store.lake.flush();
    expect(await store.value("SELECT count(DISTINCT seq) FROM readings")).toBe(String(bad.length));
    const entries = await store.lake.quarantine({ limit: 20 });
    const found = entries.map(({ deviceId, reason, payload: kept }) => [
      deviceId,
      Buffer.from(kept).toString("hex"),
      reason,
    ]);
    expect(found.toReversed()).toEqual(
      bad.map(([device, bytes, reason]) => [device, bytes.toString("hex"), reason]),
    );
  });

  test("takes messages in any order: each at its own time", async () => {
    const base = Date.now();
    const order = [5, 1, 4, 2, 3];
    for (const seq of order) await store.send("press-01", reading(seq, base + seq * 1000));
    await store.lake.flush();
    const { rows } = await store.lake.query("SELECT seq, epoch_ms(ts) FROM readings ORDER BY ts");
    expect(rows.map(([seq, ts]) => [Number(seq), Number(ts)])).toEqual(
      order.toSorted().map((seq) => [seq, base + seq * 1000]),
    );
  });

  test("no payload, device, metric or value lies plain in any file", async () => {
    await store.send("press-01", reading(1, Date.now(), 12_345.678_9), '{"secret-garbage');
    await store.lake.flush();
    await store.close();
    const double = Buffer.alloc(8);
    double.writeDoubleLE(12_345.678_9);
    const needles = ["press-01", "temperature", "12345.6789", "secret-garbage", "not-well-formed", "acme"];
    const files = place.files(/./);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      const bytes = readFileSync(file);
      for (const needle of [...needles, double])
        expect([file, bytes.includes(needle)]).toEqual([file, false]);
    }
  });

  test("lists its files newest first: of the manifest, and the log's segments in the raw zone", async () => {
    await store.send("press-01", reading(1), "{not json");
    await store.lake.flush();
    await store.send("press-01", reading(2, Date.now() - 86_400_000));
    await store.lake.flush();
    await reopen();
    await store.lake.flush();
    const files = await store.lake.files({ limit: 10 });
    expect(files.map(({ zone }) => zone).toSorted()).toEqual(["curated", "curated", "quarantine", "raw"]);
    for (const { zone, path, rows, oldest, newest, bytes } of files) {
      expect(place.files(/./).some((file) => file.endsWith(path))).toBe(true);
      expect([bytes > 100, rows, oldest === null]).toEqual([true, zone === "raw" ? null : 1, zone === "raw"]);
      expect(Math.abs(newest - now())).toBeLessThan(2 * 86_400_000_000);
    }
    expect(files.at(-1)?.zone).toBe("curated");
    expect(await store.lake.files({ limit: 1 })).toEqual(files.slice(0, 1));
  });

  test("a torn manifest is cut, its files are made again from the log, nothing is lost or doubled", async () => {
    await store.send("press-01", reading(1));
    await store.lake.flush();
    const [journal] = place.files(/manifest\/journal$/) as [string];
    const whole = readFileSync(journal).length;
    await store.send("press-01", reading(2));
    await store.lake.flush();
    await store.close();
    truncateSync(journal, whole + 9);
    store = await place.open();
    await store.lake.flush();
    expect((await store.lake.query("SELECT seq FROM readings ORDER BY seq")).rows).toEqual([["1"], ["2"]]);
    expect(place.files(/curated.*parquet$/)).toHaveLength(2);
  });

  test("a file that no manifest names is removed; a damaged one is set aside and the rest is answered", async () => {
    await store.send("press-01", reading(1, Date.now()));
    await store.lake.flush();
    await store.send("press-01", reading(2, Date.now() - 2 * 86_400_000));
    await store.lake.flush();
    await store.close();
    const [first, second] = place.files(/curated.*parquet$/) as [string, string];
    writeFileSync(`${first}.stray.parquet`, "left by a crash");
    const bytes = readFileSync(second);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(second, bytes);
    store = await place.open();
    expect((await store.lake.query("SELECT * FROM readings")).rows).toHaveLength(1);
    expect(place.files(/stray/)).toEqual([]);
    expect(place.files(/lake\/damaged\/.*parquet$/)).toHaveLength(1);
  });

  test("a missing key or another one is named with what to do, and no data is touched", async () => {
    await store.send("press-01", reading(1));
    await store.lake.flush();
    await store.close();
    const before = place.files(/./).length;
    renameSync(place.keyFile, `${place.keyFile}.away`);
    await expect(place.open()).rejects.toThrow(/lake\.key cannot be read \(ENOENT\): restore it/);
    writeFileSync(place.keyFile, Buffer.alloc(32, 1).toString("base64"));
    await expect(place.open()).rejects.toThrow(/sealed under another key/);
    renameSync(`${place.keyFile}.away`, place.keyFile);
    expect(place.files(/./)).toHaveLength(before);
    store = await place.open();
    expect(await store.value(count)).toBe("1");
  });

  test("garbage behind the manifest's last frame is cut", async () => {
    await store.send("press-01", reading(1));
    await store.lake.flush();
    await store.close();
    appendFileSync(place.files(/manifest\/journal$/)[0] as string, Buffer.from([200, 0, 0, 0, 1, 2, 3]));
    store = await place.open();
    await store.send("press-01", reading(2));
    await store.lake.flush();
    await reopen();
    expect(await store.value(count)).toBe("2");
  });
});

describe("SQL", () => {
  test.each([
    "COPY readings TO '/tmp/x.csv'",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW readings",
    "INSERT INTO readings VALUES (1)",
    "ATTACH '/tmp/x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '10GB'",
    "PRAGMA add_parquet_key('x', 'AAAAAAAAAAAAAAAAAAAAAA==')",
    "SELECT 1; SELECT 2",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_csv('http://127.0.0.1/x')",
    "CALL pragma_version()",
    "EXPORT DATABASE '/tmp/x'",
    "",
  ])("refuses %s", async (sql) => {
    await expect(store.lake.query(sql)).rejects.toThrow();
  });

  test("is bounded in rows and time, and takes parameters", async () => {
    const many = await store.lake.query("SELECT * FROM range(1000)", { maxRows: 10 });
    expect([many.rows.length, many.truncated]).toEqual([10, true]);
    const endless = store.lake.query(
      "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
      { timeoutMs: 200 },
    );
    await expect(endless).rejects.toThrow(/took longer than 200 ms/);
    const bound = await store.lake.query("SELECT $1 || '!', $2::INTEGER + 1", { parameters: ["'; DROP", 4] });
    expect(bound.rows).toEqual([["'; DROP!", 5]]);
  });
});
