import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { LogClosedError, readSegment } from "../../../site/log/ingest-log.ts";
import type { LogBatch } from "../../../site/ports.ts";
import {
  anyFileHolds,
  appendFrames,
  arrival,
  filesBelow,
  LogBench,
  morning,
  readings,
  texts,
} from "./support.ts";

let bench: LogBench;
beforeEach(async () => {
  bench = await LogBench.make();
});
afterEach(() => bench.remove());

describe("appending and reading", () => {
  test("what was appended comes back whole and in order", async () => {
    const log = await bench.open();
    const sent = {
      deviceId: "press-1",
      channel: "telemetry/imu",
      payload: Buffer.from([0, 255, 7]),
      receivedAt: morning + 5,
    };
    await log.append(sent);
    for await (const batch of log.read(log.start)) {
      expect(batch.arrivals).toEqual([sent]);
      expect(batch.from).toEqual({ segment: 1, record: 0 });
      expect(batch.next).toEqual({ segment: 1, record: 1 });
      break;
    }
  });

  test("a reader that waits gets what is appended later", async () => {
    const log = await bench.open();
    const reading = texts(log, 20);
    await appendFrames(log, 0, 20);
    expect(await reading).toEqual(readings([0, 20]));
  });

  test("appends made while a sync runs share the next one", async () => {
    const log = await bench.open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(arrival(index))));
    expect(log.stats()).toMatchObject({ appended: 500, lag: 500 });
    // 500 frames of their own would take more than 500 × 60 bytes of overhead alone.
    expect(log.stats().bytes).toBeLessThan(500 * 60);
    expect(await texts(log, 500)).toEqual(readings([0, 500]));
  });

  test("a listener hears once of each group, whatever it put into it", async () => {
    const log = await bench.open();
    const heard: number[] = [];
    const source = log.source("press-1", "telemetry");
    const { promise, resolve } = Promise.withResolvers<void>();
    const listener = {
      committed(group: number, error: Error | null) {
        expect(error).toBeNull();
        heard.push(group);
        resolve();
      },
    };
    const bytes = Buffer.from("abcdef");
    const groups = [0, 1, 2].map((start) => log.enqueue(source, bytes, start, start + 2, morning, listener));
    bytes.fill(0);
    await promise;
    expect(heard).toEqual([groups[0]]);
    expect(await texts(log, 3)).toEqual(["ab", "bc", "cd"]);
  });

  test("survives a restart and goes on from any position, also inside a group", async () => {
    const before = await bench.open();
    await Promise.all([0, 1, 2, 3, 4].map((index) => before.append(arrival(index))));
    await before.close();
    const log = await bench.open();
    await appendFrames(log, 5, 2);
    const batches: LogBatch[] = [];
    for await (const batch of log.read({ segment: 1, record: 3 })) {
      batches.push(batch);
      if (batch.next.segment === 2 && batch.next.record === 2) break;
    }
    expect(batches[0]?.from).toEqual({ segment: 1, record: 3 });
    const found = batches.flatMap((batch) =>
      batch.arrivals.map((one) => Buffer.from(one.payload).toString()),
    );
    expect(found).toEqual(readings([3, 4]));
  });

  test("one consumer at a time", async () => {
    const log = await bench.open();
    await log.append(arrival(0));
    const first = log.read(log.start)[Symbol.asyncIterator]();
    await first.next();
    await expect(texts(log, 1)).rejects.toThrow("one consumer");
    await first.return?.();
    expect(await texts(log, 1)).toEqual(readings([0, 1]));
  });

  test("close commits what was taken, ends the reader and refuses the rest", async () => {
    const log = await bench.open();
    const reading = texts(log, 100);
    const last = log.append(arrival(0));
    await log.close();
    await last;
    expect(await reading).toEqual(readings([0, 1]));
    await expect(log.append(arrival(1))).rejects.toThrow(LogClosedError);
  });
});

describe("segments", () => {
  test("no plain byte reaches a file, wherever it goes", async () => {
    const log = await bench.open({ limits: { segmentBytes: 300 } });
    for (let index = 0; index < 10; index += 1)
      await log.append(arrival(index, "temperature is forty degrees"));
    await log.release({ segment: 4, record: 0 });
    await log.close();
    expect((await filesBelow(bench.root)).length).toBeGreaterThan(3);
    for (const text of ["temperature", "forty", "device-3", "telemetry"]) {
      expect(await anyFileHolds(bench.root, text)).toBe(false);
    }
  });

  test("a full segment is closed; released ones move to the raw zone under their hash and can be read there", async () => {
    const log = await bench.open({ limits: { segmentBytes: 400 } });
    await appendFrames(log, 0, 12);
    const { segments } = log.stats();
    expect(segments).toBeGreaterThan(2);
    await log.release({ segment: 3, record: 1 });
    expect(log.start).toEqual({ segment: 3, record: 0 });
    const raw = await filesBelow(bench.rawFolder);
    expect(raw).toHaveLength(2);
    const found: string[] = [];
    for (const file of raw) {
      expect(relative(bench.rawFolder, file)).toMatch(/^dt=2026-11-23\/hr=10\/[0-9a-f]{64}\.seg$/);
      const hash = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      expect(basename(file)).toBe(`${hash}.seg`);
      for await (const one of readSegment(file, bench.keyring))
        found.push(Buffer.from(one.payload).toString());
    }
    const rest = await texts(log, 12 - found.length, { segment: 3, record: 0 });
    expect([...found.sort(), ...rest].sort()).toEqual(readings([0, 12]).sort());
    expect(log.stats().lag).toBe(rest.length - 1);
  });

  test("the hour of arrival ends a segment, because the raw zone is partitioned by it", async () => {
    const log = await bench.open();
    await log.append(arrival(0));
    await log.append(arrival(1, "late", morning + 3_600_000_000));
    await log.release({ segment: 1, record: 1 });
    await log.release({ segment: 2, record: 1 });
    expect(
      (await filesBelow(bench.rawFolder)).map((file) => relative(bench.rawFolder, file).slice(0, 19)),
    ).toEqual(["dt=2026-11-23/hr=10"]);
    expect(log.start).toEqual({ segment: 2, record: 0 });
  });

  test("numbers never start over, though everything was released or the folder was emptied", async () => {
    const first = await bench.open();
    await first.append(arrival(0));
    await first.close();
    const second = await bench.open();
    await second.release({ segment: 2, record: 0 });
    await second.close();
    const third = await bench.open();
    expect(third.start).toEqual({ segment: 3, record: 0 });
    await third.close();
    const elsewhere = await LogBench.make();
    const emptied = await elsewhere.open({ after: { segment: 41, record: 7 } });
    expect(emptied.start).toEqual({ segment: 42, record: 0 });
    await elsewhere.remove();
  });

  test("a second process on the same folder is refused where they would meet", async () => {
    const first = await bench.open({ limits: { segmentBytes: 100 } });
    const second = await bench.open();
    await appendFrames(second, 0, 1);
    await first.append(arrival(0));
    await expect(first.append(arrival(1))).rejects.toThrow("another process writes to this log folder");
  });

  test("restarts without a message leave no file behind", async () => {
    for (let round = 0; round < 4; round += 1) await (await bench.open()).close();
    expect(await filesBelow(bench.folder)).toHaveLength(1);
  });
});

describe("back-pressure", () => {
  test("appending waits while the consumer is behind, and goes on with it", async () => {
    const log = await bench.open({ limits: { backlogBytes: 10_000 } });
    let committed = 0;
    const all = Array.from({ length: 40 }, async (_, index) => {
      // One after the other: what is under way at the same time is not behind the consumer yet.
      await new Promise((resolve) => setTimeout(resolve, index));
      await log.append(arrival(index, "x".repeat(1000)));
      committed += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(log.congested).toBe(true);
    expect(committed).toBeGreaterThan(0);
    expect(committed).toBeLessThan(15);
    const reading = texts(log, 41);
    await Promise.all(all);
    await log.append(arrival(40));
    expect(await reading).toHaveLength(41);
  });

  test("a consumer that reads from the files is waited for like one that keeps up", async () => {
    const before = await bench.open();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => before.append(arrival(index, "z".repeat(1000)))),
    );
    await before.close();
    const log = await bench.open({ limits: { backlogBytes: 10_000 } });
    expect(log.congested).toBe(true);
    const last = log.append(arrival(50));
    expect(await texts(log, 51)).toHaveLength(51);
    await last;
  });
});
