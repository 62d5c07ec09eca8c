import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { portionRows } from "../../../site/store/staged-batches.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";
import { storeFolder, type Store, type StoreFolder } from "./support.ts";

let place: StoreFolder | null = null;
let store: Store | null = null;
afterEach(async () => {
  await store?.close();
  place?.remove();
  [store, place] = [null, null];
});

const disk = mountSmallDisk(16_384);

(disk === null ? describe.skip : describe)("a full disk (skipped where no tmpfs can be mounted)", () => {
  afterAll(() => disk?.remove());

  test("the lake says so, answers from memory, leaves nothing half written, and goes on once there is space", async () => {
    const { folder, fill, free } = disk as SmallDisk;
    place = storeFolder(join(folder, "data"));
    store = await place.open();
    const count = () => store?.value("SELECT count(*) FROM readings");
    const messages = Array.from({ length: 2000 }, (_, seq) => ({
      seq,
      ts: Date.now(),
      temperature: seq / 3,
    }));
    await store.send("press-01", ...messages, "{bad");
    fill();
    for (let times = 0; times < 3; times += 1) {
      await expect(store.lake.flush()).rejects.toThrow(/No space left|ENOSPC/);
    }
    expect(store.lake.trouble).toMatch(/No space left|ENOSPC/);
    expect(readdirSync(join(place.dataFolder, "lake", "drafts"))).toEqual([]);
    expect(await count()).toBe("2000");
    await expect(store.send("press-01", "x".repeat(60_000))).rejects.toThrow(/no space left/);
    free();
    await store.send("press-01", { seq: 2000, ts: Date.now(), temperature: 1 });
    await store.lake.flush();
    expect(store.lake.trouble).toBeNull();
    await store.close();
    store = await place.open();
    expect([await count(), await store.value("SELECT count(*) FROM quarantine")]).toEqual(["2001", "1"]);
  });

  test("a flush is all or nothing, wherever the space ends", async () => {
    const { folder, fill, free } = disk as SmallDisk;
    place = storeFolder(join(folder, "second"));
    store = await place.open();
    const count = () => store?.value("SELECT count(*) FROM readings");
    let failed = 0;
    for (let round = 1; round <= 12; round += 1) {
      const ts = Date.now();
      // Three partitions: three files, one record of the manifest.
      const messages = [0, 1, 2].map((back) => ({
        seq: round,
        ts: ts - back * 3_600_000,
        temperature: round,
      }));
      await store.send("press-01", ...messages);
      fill(round - 1);
      failed += await store.lake.flush().then(
        () => 0,
        () => 1,
      );
      expect(await count()).toBe(String(3 * round));
      free();
      await store.lake.flush();
      expect(await count()).toBe(String(3 * round));
    }
    expect(failed).toBeGreaterThan(2);
    expect(failed).toBeLessThan(12);
    await store.close();
    store = await place.open();
    expect(await count()).toBe("36");
  });
});

test("while no file can be written, memory stays bounded and devices wait; then all of it arrives", async () => {
  place = storeFolder();
  store = await place.open();
  const drafts = join(place.dataFolder, "lake", "drafts");
  rmSync(drafts, { recursive: true });
  const records = Array.from({ length: 250 }, (_, index) => ({ n: `s${index}`, v: index }));
  // Each row has a name of its own, which takes more memory than its values.
  const rows = 2 * portionRows;
  const sending = (async () => {
    for (let sent = 0; sent < rows; sent += 20 * records.length) {
      const messages = Array.from({ length: 20 }, (_, index) =>
        JSON.stringify([
          { ...records[0], bt: Date.now() / 1000, bn: `${sent}-${index}/` },
          ...records.slice(1),
        ]),
      );
      await store?.send("room-01", ...messages);
    }
  })();
  const staged = async () => Number(await store?.value("SELECT count(*) FROM readings"));
  for (let before = -1, now = 0; now !== before || store.lake.trouble === null;) {
    // Long enough for what is left to come in as well, if it were let in.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    [before, now] = [now, await staged()];
  }
  expect(await staged()).toBeLessThan(0.7 * rows);
  expect(store.lake.trouble).toMatch(/drafts/);
  mkdirSync(drafts);
  await sending;
  await store.lake.flush();
  expect(await store.value("SELECT count(*) FROM readings")).toBe(String(rows));
}, 60_000);
