import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { copyFile, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type DamageReport, LogKeyError, openIngestLog, readSegment } from "../../../site/log/ingest-log.ts";
import { segmentHeaderBytes } from "../../../site/log/segment-format.ts";
import { Keyring } from "../../../site/seal.ts";
import { appendFrames, filesBelow, LogBench, readings, texts } from "./support.ts";

let bench: LogBench;
let reports: DamageReport[];
const onDamage = (report: DamageReport): void => void reports.push(report);

beforeEach(async () => {
  reports = [];
  bench = await LogBench.make();
});
afterEach(() => bench.remove());

const segment = (number: number): string => join(bench.folder, `${String(number).padStart(8, "0")}.log`);

/** Segments of ten frames with one record each; returns the size of a frame. */
async function writeSegments(count: number): Promise<number> {
  for (let index = 0; index < count; index += 1) {
    const log = await bench.open();
    await appendFrames(log, 10 * index, 10);
    await log.close();
  }
  return ((await stat(segment(1))).size - segmentHeaderBytes) / 10;
}

async function change(file: string, edit: (bytes: Buffer) => Buffer | void): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, edit(bytes) ?? bytes);
}

describe("the last bytes", () => {
  test("a torn tail is cut at the last whole frame, wherever it was torn, and the log goes on", async () => {
    const frame = await writeSegments(1);
    const whole = await readFile(segment(1));
    for (let cut = 1; cut < 2 * frame; cut += 13) {
      const copy = await LogBench.make();
      await (await copy.open()).close();
      await writeFile(join(copy.folder, "00000001.log"), whole.subarray(0, whole.length - cut));
      const log = await openIngestLog({
        ...copy,
        folder: copy.folder,
        rawFolder: copy.rawFolder,
        keyring: bench.keyring,
      });
      const left = 10 - Math.ceil(cut / frame);
      await appendFrames(log, 100, 1);
      expect(await texts(log, left + 1)).toEqual(readings([0, left], [100, 1]));
      expect(log.stats()).toMatchObject({ tornTail: cut % frame === 0 ? 0 : 1, damaged: 0 });
      await log.close();
      await copy.remove();
    }
  });

  test("the torn bytes are kept beside the log and reported, once", async () => {
    await writeSegments(1);
    await truncate(segment(1), (await stat(segment(1))).size - 5);
    await bench.open({ onDamage });
    expect(reports).toMatchObject([{ kind: "torn tail", records: 1, file: segment(1) }]);
    expect(basename(reports[0]?.copy ?? "")).toMatch(/^1-\d+-\d+\.bin$/);
    expect((await stat(reports[0]?.copy ?? "")).size).toBe(reports[0]?.size);
    const again = await bench.open({ onDamage });
    expect(reports).toHaveLength(1);
    expect(again.stats()).toMatchObject({ tornTail: 0, damaged: 0 });
  });

  test("a file that a crash left without a header costs nothing", async () => {
    await writeSegments(1);
    await writeFile(segment(2), Buffer.alloc(7));
    const log = await bench.open({ onDamage });
    expect(await texts(log, 10)).toEqual(readings([0, 10]));
    expect(reports).toEqual([]);
  });
});

describe("damage in the middle", () => {
  test("any one byte costs at most the record it belongs to; the rest is read and the loss reported", async () => {
    const frame = await writeSegments(2);
    const whole = await readFile(segment(1));
    for (let at = 0; at < whole.length; at += 11) {
      await writeFile(segment(1), whole);
      await change(segment(1), (bytes) => void (bytes[at] = (bytes[at] as number) ^ 0x10));
      const hit = at < segmentHeaderBytes ? null : Math.floor((at - segmentHeaderBytes) / frame);
      const log = await bench.open();
      const expected = readings([0, 20]).filter((_, index) => index !== hit);
      expect(await texts(log, expected.length)).toEqual(expected);
      expect(log.stats()).toMatchObject({ damaged: hit === null ? 0 : 1, tornTail: 0 });
      await log.close();
    }
  });

  test("a stretch over several frames is counted, copied aside sealed, and left in place", async () => {
    const frame = await writeSegments(2);
    const from = segmentHeaderBytes + 3 * frame + 20;
    await change(segment(1), (bytes) => void bytes.fill(0, from, from + 2 * frame));
    const before = await readFile(segment(1));
    const log = await bench.open({ onDamage });
    expect(reports).toMatchObject([
      { kind: "damage", records: 3, offset: segmentHeaderBytes + 3 * frame, size: 3 * frame },
    ]);
    expect(await texts(log, 17)).toEqual(readings([0, 3], [6, 14]));
    expect(log.stats()).toMatchObject({ damaged: 3 });
    expect(await readFile(segment(1))).toEqual(before);
    const copy = await readFile(reports[0]?.copy ?? "");
    expect(copy.equals(before.subarray(reports[0]?.offset, (reports[0]?.offset ?? 0) + 3 * frame))).toBe(
      true,
    );
  });

  test("frames cut out, moved or repeated show", async () => {
    const frame = await writeSegments(2);
    const whole = await readFile(segment(1));
    const at = (index: number): number => segmentHeaderBytes + index * frame;
    const part = (from: number, to: number): Buffer => whole.subarray(at(from), at(to));
    const head = whole.subarray(0, segmentHeaderBytes);
    const cases: readonly [Buffer[], string[]][] = [
      [[part(0, 4), part(6, 10)], readings([0, 4], [6, 4])],
      [[part(0, 4), part(5, 6), part(4, 5), part(6, 10)], readings([0, 4], [5, 5])],
      [[part(0, 5), part(2, 3), part(5, 10)], readings([0, 10])],
      [[part(0, 7)], readings([0, 7])],
    ];
    for (const [parts, left] of cases) {
      await writeFile(segment(1), Buffer.concat([head, ...parts]));
      reports = [];
      const log = await bench.open({ onDamage });
      expect(await texts(log, left.length + 10)).toEqual([...left, ...readings([10, 10])]);
      expect(log.stats().damaged).toBe(10 - left.length);
      expect(reports.length).toBeGreaterThan(0);
      await log.close();
    }
  });

  test("a segment that is gone, and one put in another's place, show", async () => {
    await writeSegments(5);
    await rm(segment(2));
    await copyFile(segment(5), segment(4));
    const log = await bench.open({ onDamage });
    expect(await texts(log, 30)).toEqual(readings([0, 10], [20, 10], [40, 10]));
    expect(reports.map(({ file, records }) => [file, records])).toEqual([
      [segment(2), 10],
      [segment(4), 10],
    ]);
  });

  test("a damaged segment still reaches the raw zone and is read there around the damage", async () => {
    const frame = await writeSegments(2);
    await change(segment(1), (bytes) => void bytes.fill(1, 0, segmentHeaderBytes + frame));
    const log = await bench.open();
    await log.release({ segment: 2, record: 0 });
    const [file = ""] = await filesBelow(bench.rawFolder);
    const found: string[] = [];
    const lost: number[] = [];
    for await (const one of readSegment(file, bench.keyring, (stretch) => lost.push(stretch.records))) {
      found.push(Buffer.from(one.payload).toString());
    }
    expect(found).toEqual(readings([1, 9]));
    expect(lost).toEqual([1]);
  });

  test("bytes that rot while the log is open are stepped over and reported when they are read", async () => {
    const log = await bench.open({ onDamage });
    await appendFrames(log, 0, 3);
    await change(segment(1), (bytes) => void bytes.fill(9, segmentHeaderBytes + 10, segmentHeaderBytes + 12));
    expect(await texts(log, 2)).toEqual(readings([1, 2]));
    expect(reports).toMatchObject([{ kind: "damage", records: 1 }]);
  });
});

describe("another key file", () => {
  test("opens nothing, says so and changes nothing", async () => {
    await writeSegments(2);
    const before = await Promise.all([1, 2].map((number) => readFile(segment(number))));
    const { folder, rawFolder } = bench;
    const opening = openIngestLog({ folder, rawFolder, keyring: new Keyring(randomBytes(32)) });
    await expect(opening).rejects.toThrow(LogKeyError);
    await expect(opening).rejects.toThrow(/none of its 2 log segments opens with the key file at hand/);
    expect(await Promise.all([1, 2].map((number) => readFile(segment(number))))).toEqual(before);
    expect(await filesBelow(folder)).toEqual([segment(1), segment(2)]);
  });

  test("a raw segment of another environment is refused", async () => {
    await writeSegments(1);
    const reading = readSegment(segment(1), new Keyring(randomBytes(32)));
    await expect(reading.next()).rejects.toThrow(/sealed under another key file/);
  });
});
