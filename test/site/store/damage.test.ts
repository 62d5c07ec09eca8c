import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { payload } from "../../../bench/support/payloads.ts";
import { storeFolder, type Store, type StoreFolder } from "./support.ts";

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

const day = 86_400_000;
const reading = (seq: number, ts = Date.now()) => ({ seq, ts, temperature: seq + 0.5 });
const sequences = async (): Promise<unknown[]> => {
  const { columns, rows } = await store.lake.query("SELECT * FROM readings ORDER BY seq");
  return rows.map((row) => row[columns.findIndex(({ name }) => name === "seq")]);
};
const aside = (): string[] => place.files(/lake\/damaged\/.*parquet$/);

/** A file for each day: reading 1 of yesterday, 2 of the day before …, and reading 9 of now. */
async function writeDays(days: number): Promise<string[]> {
  const files: string[] = [];
  for (let back = 1; back <= days; back += 1) {
    const ts = Date.now() - back * day;
    await store.send("press-01", reading(back, ts));
    await store.lake.flush();
    const date = new Date(ts).toISOString().slice(0, 10);
    files.push(...place.files(new RegExp(`readings/dt=${date}.*parquet$`)));
  }
  await store.send("press-01", reading(9));
  await store.lake.flush();
  return files;
}

/** A bit in every page. */
function spoilPages(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 40; at < bytes.length - 200; at += 50) bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(file, bytes);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] as number) ^ 0x40;
  writeFileSync(file, bytes);
}

/** The length of the first page, behind that of its header: DuckDB takes this for a fault of its own and gives up. */
const spoilPageLength = (file: string): void => flip(file, 8 + readFileSync(file).readUInt32LE(4));

const spoilings: readonly ((file: string) => void)[] = [
  spoilPages,
  (file) => flip(file, -300),
  (file) => flip(file, -8),
  (file) => truncateSync(file, readFileSync(file).length >> 1),
  (file) => writeFileSync(file, Buffer.alloc(readFileSync(file).length)),
  (file) => rmSync(file),
];

describe("damaged files of the lake", () => {
  test("spoilt while it runs (pages, footer, its length, half, all, gone): the rest is answered, now and after a restart", async () => {
    const files = await writeDays(spoilings.length);
    spoilings.forEach((spoil, index) => spoil(files[index] as string));
    expect(await sequences()).toEqual(["9"]);
    expect(aside()).toHaveLength(spoilings.length - 1);
    await store.send("press-01", reading(10));
    await store.lake.flush();
    await store.close();
    store = await place.open();
    expect(await sequences()).toEqual(["9", "10"]);
  });

  test("found at the start: the lake opens without them, and decodes", async () => {
    const files = await writeDays(spoilings.length);
    await store.close();
    spoilings.forEach((spoil, index) => spoil(files[index] as string));
    store = await place.open();
    await store.send("press-01", reading(10));
    await store.lake.flush();
    expect(await sequences()).toEqual(["9", "10"]);
    expect(aside()).toHaveLength(spoilings.length - 1);
  });

  test("one that puts the engine itself out of order: the lake ends, says so, and opens again without it", async () => {
    const [file] = await writeDays(1);
    spoilPageLength(file as string);
    await store.send("press-01", reading(10));
    await expect(sequences()).rejects.toThrow();
    expect((await store.lake.ended).message).toMatch(/^the lake can't go on: /);
    await store.close();
    store = await place.open();
    await store.lake.flush();
    expect(await sequences()).toEqual(["9", "10"]);
    expect(aside()).toHaveLength(1);
  });

  test("a wide table's, the only one that knows its columns: the lake opens, and the next frame brings the table back", async () => {
    const frames = async () => Number(await store.value("SELECT count(*) FROM frames_wearable_imu"));
    await store.send("wrist-01", payload("frame62", 1));
    await store.lake.flush();
    const written = await frames();
    expect(written).toBeGreaterThan(0);
    await store.close();
    for (const file of place.files(/curated\/frames_.*parquet$/)) truncateSync(file, 20);
    store = await place.open();
    await expect(frames()).rejects.toThrow(/frames_wearable_imu does not exist/);
    await store.send("wrist-01", payload("frame62", 2));
    await store.lake.flush();
    expect(await frames()).toBe(written);
  });

  test("are kept, never removed, and an export goes on; mistakes of SQL put nothing aside", async () => {
    const [old] = (await writeDays(1)) as [string];
    spoilPages(old);
    const spoilt = readFileSync(old);
    const file = `${place.folder}/out.parquet`;
    expect(await store.lake.exportParquet("SELECT * FROM readings", file)).toEqual({ rows: 1 });
    for (const sql of [
      "SELECT error('IO Error: x')",
      "SELECT nope",
      "SELECT 'x'::INTEGER",
      "SELECT 1/0 FROM x",
    ]) {
      await expect(store.lake.query(sql)).rejects.toThrow();
    }
    expect(aside().map((path) => readFileSync(path).equals(spoilt))).toEqual([true]);
  });

  test("of the quarantine do not keep the others from being listed", async () => {
    await store.send("press-01", "{bad");
    await store.lake.flush();
    const [file] = place.files(/quarantine\/dt=.*parquet$/) as [string];
    await store.send("press-01", "{worse");
    await store.lake.flush();
    spoilPages(file);
    const entries = await store.lake.quarantine({ limit: 5 });
    expect(entries.map(({ payload }) => Buffer.from(payload).toString())).toEqual(["{worse"]);
  });
});

describe("a damaged manifest", () => {
  const journal = (): string => place.files(/manifest\/journal$/)[0] as string;

  test.each([
    ["inside a record", 40],
    ["in a record's length", 0],
  ])(
    "%s: later records hold, files without a record are kept aside, the log goes on where it was",
    async (_what, offset) => {
      await store.send("press-01", reading(1, Date.now() - day));
      await store.lake.flush();
      const first = readFileSync(journal()).length;
      await store.send("press-01", reading(2));
      await store.lake.flush();
      await store.send("press-01", reading(3));
      await store.lake.flush();
      await store.close();
      flip(journal(), first + offset);
      store = await place.open();
      expect(await sequences()).toEqual(["1", "3"]);
      expect(aside()).toHaveLength(1);
      expect(place.files(/manifest\/journal\.damaged-/)).toHaveLength(1);
      await store.send("press-01", reading(4));
      await store.lake.flush();
      await store.close();
      store = await place.open();
      expect(await sequences()).toEqual(["1", "3", "4"]);
      expect(aside()).toHaveLength(1);
    },
  );
});
