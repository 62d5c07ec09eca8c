/**
 * Small files of hours that are over as larger ones, some hours of a day of a table as one change. What ends in the middle
 * leaves the day as it was, or changed; the next run goes on.
 */
import { readingsTable } from "../core/table.ts";
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import { clearAbandoned } from "./abandoned.ts";
import { mergePortion, replace } from "./compaction-portion.ts";
import { clearGone } from "./day-change.ts";
import { dayFiles, daysWith, tablesOf, type DayFiles, type LakeReading } from "./day-files.ts";
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

export interface Merge {
  readonly merged: readonly MergedFile[];
  /** Why a file could not be read, by its place in the list: it is in no merged one. */
  readonly unreadable: ReadonlyMap<number, string>;
}

/** @param files few are read at a time. Files whose columns no other one has are in no answer. */
export type MergeFiles = (table: string, files: readonly (() => Promise<Uint8Array>)[]) => Promise<Merge>;

export interface CompactionPorts extends LakeReading {
  readonly objects: ObjectStore;
  readonly removal: ObjectRemoval;
  readonly merge: MergeFiles;
  /** Says what could not be done, and why. */
  readonly complain: (message: string) => void;
  /** Milliseconds since 1970. */
  now(): number;
  /** After which nothing further is begun, milliseconds since 1970. */
  readonly until: number;
}

export interface Compacted {
  /** Files that went into larger ones, and those. */
  readonly merged: number;
  readonly made: number;
  readonly rows: number;
  readonly repeats: number;
  /** Files that somebody made and never named, taken away. */
  readonly cleared: number;
  /** Days that changed under the work, and were left to the next run. */
  readonly disturbed: number;
  /** Days that could not be worked on, and files that could not be read: each was said. */
  readonly failed: number;
}

const nothing: Compacted = { merged: 0, made: 0, rows: 0, repeats: 0, cleared: 0, disturbed: 0, failed: 0 };

const dayMs = 24 * 3_600_000;
/**
 * A file that is older is left alone: a merged one begins its life anew, so retention is longer by that at most, and what
 * has moved to a cooler tier is not read.
 */
export const oldestMs = 14 * dayMs;

/** What fails of a day harms no other one. Throws where tables can't be listed; what was done by then is done. */
export async function compactLake(container: string, ports: CompactionPorts): Promise<Compacted> {
  const sum: { -readonly [Name in keyof Compacted]: number } = { ...nothing };
  for (const table of (await tablesOf(container, ports.list)).filter(isMerged)) {
    for (const day of await youngDays(container, table, ports)) {
      if (ports.now() >= ports.until) return sum;
      const done = await compactDay(container, table, day, ports).catch((error: Error) => {
        ports.complain(`${dayFolder(table, day)} could not be merged: ${error.message}`);
        return { failed: 1 };
      });
      for (const [name, count] of Object.entries(done)) sum[name as keyof Compacted] += count;
    }
  }
  return sum;
}

/** What somebody else keeps beside the tables of devices is not ours to merge. */
const isMerged = (table: string): boolean => table === readingsTable.name || table.startsWith("frames_");

/** Days that files came for of late, the newest first: they are asked about most. */
async function youngDays(
  container: string,
  table: string,
  { list, now }: CompactionPorts,
): Promise<string[]> {
  const since = now() - oldestMs;
  return (await daysWith(container, table, list, ({ modifiedMs }) => modifiedMs >= since)).reverse();
}

async function compactDay(
  container: string,
  table: string,
  day: string,
  ports: CompactionPorts,
): Promise<Partial<Compacted>> {
  const done: { -readonly [Name in keyof Compacted]: number } = { ...nothing };
  /** Files that are not merged, looked at once a run. */
  const left = new Set<string>();
  for (let isFirst = true; ; isFirst = false) {
    const [found] = (await dayFiles(container, table, [day], ports)) as readonly [DayFiles];
    if (isFirst) {
      await clearGone(container, table, found, ports.removal);
      done.cleared += await clearAbandoned(container, table, found, ports);
    }
    const portion = await mergePortion(container, table, found, left, ports, oldestMs);
    done.failed += portion.failed;
    if (portion.made.length === 0) return { ...done, disturbed: Number(portion.isDisturbed) };
    if (!(await replace(container, table, found, portion, ports))) return { ...done, disturbed: 1 };
    done.merged += portion.remove.length;
    done.made += portion.made.length;
    done.rows += portion.rows;
    done.repeats += portion.repeats;
    if (!portion.isMore) return { ...done, disturbed: Number(portion.isDisturbed) };
  }
}
