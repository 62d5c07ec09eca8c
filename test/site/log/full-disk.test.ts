import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LogFullError, LogWriteError, openIngestLog } from "../../../site/log/ingest-log.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";
import { appendFrames, arrival, FaultyDisk, LogBench, readings, texts } from "./support.ts";

let bench: LogBench;
beforeEach(async () => {
  bench = await LogBench.make();
});
afterEach(() => bench.remove());

describe("a disk that fails", () => {
  test.each(["ENOSPC", "EDQUOT"])(
    "full (%s): refused, nothing of it kept, and well again with space",
    async (code) => {
      const disk = new FaultyDisk();
      const log = await bench.open({ openFile: disk.openFile });
      await appendFrames(log, 0, 3);
      disk.fault = { call: "writev", code };
      await expect(log.append(arrival(3))).rejects.toThrow(LogFullError);
      await expect(log.append(arrival(4))).rejects.toThrow(/no space left .* free space on that disk/);
      disk.fault = null;
      await appendFrames(log, 5, 2);
      expect(log.stats()).toMatchObject({ appended: 5, segments: 1, damaged: 0, tornTail: 0 });
      await log.close();
      const again = await bench.open();
      expect(await texts(again, 5)).toEqual(readings([0, 3], [5, 2]));
      expect(again.stats()).toMatchObject({ damaged: 0, tornTail: 0 });
    },
  );

  test("a failed sync is never asked again: what follows goes into another file", async () => {
    const disk = new FaultyDisk();
    const log = await bench.open({ openFile: disk.openFile });
    await appendFrames(log, 0, 2);
    disk.fault = { call: "datasync", code: "EIO" };
    await expect(log.append(arrival(2))).rejects.toThrow(LogWriteError);
    // Neither does a new file sync yet.
    await expect(log.append(arrival(3))).rejects.toThrow(LogWriteError);
    disk.fault = null;
    await appendFrames(log, 4, 2);
    expect(await readdir(bench.folder)).toEqual(["00000001.log", "00000002.log"]);
    await log.close();
    const again = await bench.open();
    expect(await texts(again, 4)).toEqual(readings([0, 2], [4, 2]));
    expect(again.stats()).toMatchObject({ damaged: 0, tornTail: 0 });
  });

  test("a disk that is full at the start does not keep the log from opening", async () => {
    const before = await bench.open();
    await appendFrames(before, 0, 2);
    await before.close();
    const disk = new FaultyDisk();
    disk.fault = { call: "open", code: "ENOSPC" };
    const log = await bench.open({ openFile: disk.openFile });
    await expect(log.append(arrival(2))).rejects.toThrow(LogFullError);
    await log.release({ segment: 1, record: 2 });
    disk.fault = null;
    await log.append(arrival(3));
    expect(await texts(log, 3)).toEqual(readings([0, 2], [3, 1]));
  });

  test("everybody in a refused group hears of it", async () => {
    const disk = new FaultyDisk();
    const log = await bench.open({ openFile: disk.openFile });
    disk.fault = { call: "writev", code: "ENOSPC" };
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => log.append(arrival(index))),
    );
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(log.congested).toBe(false);
  });
});

const disk = mountSmallDisk(1024);

(disk === null ? describe.skip : describe)("a small tmpfs (skipped where it cannot be mounted)", () => {
  afterAll(() => disk?.remove());

  test("fills up, refuses, and takes messages again when space is freed; nothing acknowledged is lost", async () => {
    const { folder, fill, free } = disk as SmallDisk;
    const paths = { folder: join(folder, "log"), rawFolder: join(folder, "raw") };
    const log = await openIngestLog({ ...paths, keyring: bench.keyring });
    const kept: string[] = [];
    const keep = async (text: string): Promise<unknown> =>
      log.append(arrival(0, text)).then(
        () => (kept.push(text), null),
        (error: unknown) => error,
      );
    for (let index = 0; index < 5; index += 1) expect(await keep(`${index} `.padEnd(20_000, "x"))).toBeNull();
    fill();
    let refused: unknown = null;
    for (let index = 5; refused === null && index < 100; index += 1) {
      refused = await keep(`${index} `.padEnd(20_000, "x"));
    }
    expect(refused).toBeInstanceOf(LogFullError);
    await expect(log.append(arrival(0, "y".repeat(20_000)))).rejects.toThrow(LogFullError);
    free();
    await log.append(arrival(0, "after"));
    await log.close();
    const again = await openIngestLog({ ...paths, keyring: bench.keyring });
    expect(await texts(again, kept.length + 1)).toEqual([...kept, "after"]);
    expect(again.stats()).toMatchObject({ damaged: 0, tornTail: 0 });
    await again.close();
  });
});
