/**
 * Small files of hours that are over as larger ones, a day of a table as one change. What ends in the middle leaves the
 * day as it was, or changed; the next run goes on.
 */
import { createHash } from "node:crypto";
import type { ListedBlob } from "../adapters/blob-list.ts";
import { smallestFiles } from "../core/merged-rows.ts";
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import { changeDay, clearAbandoned, clearGone } from "./day-change.ts";
import { dayFiles, tablesOf, type DayFiles, type LakeReading } from "./day-files.ts";
import { changedName } from "./changed-name.ts";
import { dayFolder } from "./day-record.ts";

/** Files of the same columns as one. */
export interface MergedFile {
  readonly bytes: Uint8Array;
  /** Which of the files that were given are in it: their places in the list. */
  readonly of: readonly number[];
  readonly rows: number;
  /** Rows that said the same as another one. */
  readonly repeats: number;
}

/** @param files read one by one. Files whose columns no other one has are in no answer. */
export type MergeFiles = (
  table: string,
  files: readonly (() => Promise<Uint8Array>)[],
) => Promise<readonly MergedFile[]>;

export interface CompactionPorts extends LakeReading {
  readonly objects: ObjectStore;
  readonly removal: ObjectRemoval;
  readonly merge: MergeFiles;
  /** Milliseconds since 1970. */
  now(): number;
  /** After which no further day is begun, milliseconds since 1970. */
  readonly until: number;
}

export interface Compacted {
  /** Files that went into larger ones, and those. */
  readonly merged: number;
  readonly made: number;
  readonly rows: number;
  readonly repeats: number;
  /** Days that changed under the work, and were left to the next run. */
  readonly disturbed: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** An hour of fewer small files is left alone. */
const fewFiles = 4;
/** Of the files that one merge takes: some two million rows, which are sorted in memory and on a function's small disk. */
const mostBytes = 16 * 2 ** 20;
/**
 * A file that is older is left alone: a merged one begins its life anew, so retention is longer by that at most, and what
 * has moved to a cooler tier is not read.
 */
const oldestMs = 14 * dayMs;
const by = "merge";

/** Throws what the store throws; what was done by then is done. */
export async function compactLake(container: string, ports: CompactionPorts): Promise<Compacted> {
  const sum = { merged: 0, made: 0, rows: 0, repeats: 0, disturbed: 0 };
  for (const table of await tablesOf(container, ports.list)) {
    for (const day of await youngDays(container, table, ports)) {
      if (ports.now() >= ports.until) return sum;
      const done = await compactDay(container, table, day, ports);
      for (const name of Object.keys(sum) as (keyof Compacted)[]) sum[name] += done[name];
    }
  }
  return sum;
}

/** Days that files came for of late, the newest first: they are asked about most. */
async function youngDays(
  container: string,
  table: string,
  { list, now }: CompactionPorts,
): Promise<string[]> {
  const since = now() - oldestMs;
  const days = (await list.all(container, `${table}/`)).flatMap(({ key, modifiedMs }) =>
    modifiedMs < since ? [] : (/\/dt=(\d{4}-\d\d-\d\d)\/hr=/.exec(key)?.[1] ?? []),
  );
  return [...new Set(days)].sort().reverse();
}

async function compactDay(
  container: string,
  table: string,
  day: string,
  ports: CompactionPorts,
): Promise<Compacted> {
  const done = { merged: 0, made: 0, rows: 0, repeats: 0, disturbed: 0 };
  const [found] = (await dayFiles(container, table, [day], ports)) as readonly [DayFiles];
  await clearGone(container, table, found, ports.removal);
  await clearAbandoned(container, table, found, ports);
  const [add, remove]: [string[], string[]] = [[], []];
  for (const [folder, files] of closedHours(found, ports.now())) {
    const small = smallestFiles(files, ({ bytes }) => [bytes], [mostBytes]);
    if (small.length < fewFiles) continue;
    const reads = small.map(
      ({ key }) =>
        () =>
          ports.objects.read(container, key),
    );
    for (const { bytes, of, rows, repeats } of await ports.merge(table, reads)) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = `${folder}${changedName(sha256, `${by}-${found.number + 1}`)}`;
      await ports.objects.create(container, `${dayFolder(table, day)}${path}`, bytes, { rows: String(rows) });
      add.push(path);
      remove.push(...of.map((index) => pathOf(table, day, small[index] as ListedBlob)));
      done.rows += rows;
      done.repeats += repeats;
    }
  }
  if (add.length === 0) return done;
  const note = { kind: "merged", files: remove.length, rows: done.rows, repeats: done.repeats };
  const change = { add, remove, by: `${by} ${ports.now()}`, note };
  if (!(await changeDay(container, table, found, change, ports))) {
    for (const path of add) await ports.removal.remove(container, `${dayFolder(table, day)}${path}`);
    return { ...done, rows: 0, repeats: 0, disturbed: 1 };
  }
  for (const path of remove) await ports.removal.remove(container, `${dayFolder(table, day)}${path}`);
  return { ...done, merged: remove.length, made: add.length };
}

const pathOf = (table: string, day: string, { key }: ListedBlob): string =>
  key.slice(dayFolder(table, day).length);

/** By folder, the files of hours that have been over for an hour: what comes later still is merged with them another time. */
function closedHours({ day, files }: DayFiles, now: number): [string, ListedBlob[]][] {
  const hours = Map.groupBy(
    files.filter(({ modifiedMs }) => modifiedMs >= now - oldestMs),
    ({ key }) => /hr=\d\d\//.exec(key)?.[0] ?? "",
  );
  return [...hours].filter(([folder]) => {
    const start = Date.parse(`${day}T${folder.slice("hr=".length, -1)}:00:00Z`);
    return start + 2 * hourMs <= now;
  });
}
