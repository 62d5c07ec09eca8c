/** The segments of the raw zone in the order in which their messages came. */
import { open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Micros } from "../../functions/core/model.ts";
import { isTakenOver } from "../log/taken-over.ts";
import { filesBelow } from "../store/files.ts";

export interface RawFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

const hourMicros = 3_600_000_000;
const segmentNumberAt = 4;

/**
 * Those that may have messages of [from, to), and those of the hour before: a segment lies in the hour of its first
 * message, and ends with that hour.
 */
export async function rawFiles(dataFolder: string, from: Micros, to: Micros): Promise<RawFile[]> {
  const found = (await filesBelow(join(dataFolder, "lake", "raw"))).flatMap((file) => {
    const [, day, hour] = /dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\/[0-9a-f]{64}\.seg$/.exec(file) ?? [];
    const start = day === undefined ? NaN : Date.parse(`${day}T${hour}:00:00Z`) * 1_000;
    return start < to && start + 2 * hourMicros > from ? [{ file, start }] : [];
  });
  const numbered = await Promise.all(
    found.map(async ({ file, start }) => {
      const { size: bytes } = await stat(file);
      return { file, start, number: await segmentNumber(file), sha256: basename(file, ".seg"), bytes };
    }),
  );
  // What was taken over from another lake came before what came here.
  return numbered
    .toSorted(
      (a, b) =>
        Number(isTakenOver(b.number)) - Number(isTakenOver(a.number)) ||
        (isTakenOver(a.number)
          ? a.start - b.start || a.number - b.number
          : a.number - b.number || a.start - b.start),
    )
    .map(({ file, sha256, bytes }) => ({ file, sha256, bytes }));
}

/** As the header says it, unproved: only the order depends on it. */
async function segmentNumber(file: string): Promise<number> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(segmentNumberAt + 4);
    await handle.read(head, 0, head.length, 0);
    return head.readUInt32LE(segmentNumberAt);
  } finally {
    await handle.close();
  }
}
