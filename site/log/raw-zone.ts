/** Log segments that the lake has taken over, kept as they are: sealed, by the hour of arrival, named by their hash. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Arrival } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { LogKeyError } from "./errors.ts";
import { makeFolder, syncFolder } from "./folder.ts";
import { decodeRecords, sourceNames } from "./record-source.ts";
import { identifySegment } from "./segment-format.ts";
import { type DamagedStretch, scanFrames } from "./segment-scan.ts";
import type { Segment } from "./segment.ts";

/** The purpose under which the keys of log segments are derived. */
export const logPurpose = "log";

/** Moves a whole segment by rename to `<rawFolder>/dt=YYYY-MM-DD/hr=HH/<SHA-256>.seg`; resolves when that is on disk. */
export async function moveToRawZone(segment: Segment, rawFolder: string): Promise<string> {
  const { file, firstReceivedAt } = segment;
  const arrived =
    firstReceivedAt === null ? (await stat(file)).mtime : new Date(Math.floor(firstReceivedAt / 1000));
  const hour = arrived.toISOString();
  const folder = join(rawFolder, `dt=${hour.slice(0, 10)}`, `hr=${hour.slice(11, 13)}`);
  await makeFolder(folder);
  const target = join(folder, `${await hashOf(file)}.seg`);
  await rename(file, target);
  await syncFolder(folder);
  await syncFolder(dirname(file));
  return target;
}

/**
 * The arrivals of a segment in the raw zone, in order, for a replay. What does not open is stepped over and told to
 * `onDamage`. Throws LogKeyError where nothing opens.
 */
export async function* readSegment(
  file: string,
  keyring: Keyring,
  onDamage: (stretch: DamagedStretch) => void = () => undefined,
): AsyncGenerator<Arrival> {
  const bytes = await readFile(file);
  const identity = identifySegment(bytes, keyring, logPurpose);
  if (identity === null) {
    throw new LogKeyError(
      `${file}: nothing in it opens: the file is damaged from its start, or was sealed under another key file`,
    );
  }
  const names = sourceNames();
  for (const item of scanFrames(bytes, identity.seal)) {
    if (item.kind === "damage") {
      onDamage(item);
      continue;
    }
    const arrivals: Arrival[] = [];
    decodeRecords(item.body, arrivals, names);
    yield* arrivals;
  }
}

/** Read in pieces: the thread that hashes also serves the devices. */
async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 17 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
