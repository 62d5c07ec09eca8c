/**
 * Some hours of a day, merged in memory first and then put in the place of what they had, by one record. An engine that
 * reads all files that lie there sees rows twice from the first file that is put to the last one that is taken away: nothing
 * is worked out in between, and requests go out together.
 */
import { createHash } from "node:crypto";
import type { ListedBlob } from "../adapters/blob-list.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { smallestFiles } from "../core/merged-rows.ts";
import { nullIfMissing } from "../missing-object.ts";
import { compactedName } from "./changed-name.ts";
import type { CompactionPorts } from "./compaction.ts";
import { changeDay } from "./day-change.ts";
import type { DayFiles } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";

export interface Portion {
  /** Paths here are below the day's folder. */
  readonly made: readonly { readonly path: string; readonly bytes: Uint8Array; readonly rows: number }[];
  readonly remove: readonly string[];
  readonly rows: number;
  readonly repeats: number;
  /** Files that could not be read. */
  readonly failed: number;
  /** A file was gone when it was to be read. */
  readonly isDisturbed: boolean;
  /** There may be more to merge. */
  readonly isMore: boolean;
}

const hourMs = 3_600_000;
/** An hour of fewer small files is left alone. */
const fewFiles = 4;
/** Of the files that one merge takes: some two million rows, which are sorted in memory and on a function's small disk. */
const mostBytes = 16 * 2 ** 20;
/** Of merged files that are held until they are put. */
const portionBytes = 64 * 2 ** 20;
/** Requests under way at the same time. */
const atOnce = 16;

/** @param left keys of files that are not looked at; those that turn out not to be merged join them */
export async function mergePortion(
  container: string,
  table: string,
  { day, number, files }: DayFiles,
  left: Set<string>,
  ports: CompactionPorts,
  oldestMs: number,
): Promise<Portion> {
  const made: Portion["made"][number][] = [];
  const remove: string[] = [];
  const sum = { rows: 0, repeats: 0, failed: 0 };
  let held = 0;
  const portion = (isDisturbed: boolean, isMore: boolean): Portion => ({
    ...{ made, remove, ...sum, isDisturbed, isMore },
  });
  const usable = files.filter(({ key }) => !left.has(key));
  for (const [folder, group] of groupsOf(day, usable, ports.now(), oldestMs)) {
    if (held >= portionBytes) return portion(false, true);
    if (ports.now() >= ports.until) break;
    const reads = group.map(
      ({ key }) =>
        () =>
          ports.objects.read(container, key),
    );
    const merge = await ports.merge(table, reads).catch(nullIfMissing);
    if (merge === null) return portion(true, false);
    const rest = new Set(group);
    for (const { bytes, of, rows, repeats } of merge.merged) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      made.push({ path: `${folder}${compactedName(sha256, number + 1)}`, bytes, rows });
      for (const index of of) {
        const file = group[index] as ListedBlob;
        rest.delete(file);
        remove.push(file.key.slice(dayFolder(table, day).length));
      }
      held += bytes.length;
      sum.rows += rows;
      sum.repeats += repeats;
    }
    for (const [index, why] of merge.unreadable) {
      ports.complain(`${group[index]?.key} can't be read and is left as it is: ${why}`);
      sum.failed++;
    }
    for (const { key } of rest) left.add(key);
  }
  return portion(false, false);
}

/** False where the day has changed meanwhile: what was put is taken away again. */
export async function replace(
  container: string,
  table: string,
  found: DayFiles,
  { made, remove, rows, repeats }: Portion,
  ports: CompactionPorts,
): Promise<boolean> {
  const { objects, removal, now } = ports;
  const folder = dayFolder(table, found.day);
  const takeAway = (paths: readonly string[]): Promise<void> =>
    inTurns(
      paths.map((path) => () => removal.remove(container, `${folder}${path}`)),
      atOnce,
    );
  await inTurns(
    made.map(
      ({ path, bytes, rows: count }) =>
        async () =>
          void (await objects.create(container, `${folder}${path}`, bytes, { rows: String(count) })),
    ),
    atOnce,
  );
  const add = made.map(({ path }) => path);
  const note = { kind: "merged", files: remove.length, rows, repeats };
  const isChanged = await changeDay(
    container,
    table,
    found,
    { add, remove, by: `merge ${now()}`, note },
    ports,
  );
  await takeAway(isChanged ? remove : add);
  return isChanged;
}

/**
 * By folder, small files of hours that have been over for an hour, as many as one merge takes. What came within the hour is
 * left to the next run: who hears of landed files may be about to read it.
 */
function groupsOf(
  day: string,
  files: readonly ListedBlob[],
  now: number,
  oldestMs: number,
): [string, ListedBlob[]][] {
  const hours = Map.groupBy(
    files.filter(({ modifiedMs }) => modifiedMs >= now - oldestMs && modifiedMs <= now - hourMs),
    ({ key }) => /hr=\d\d\//.exec(key)?.[0] ?? "",
  );
  return [...hours].flatMap(([folder, all]) => {
    const start = Date.parse(`${day}T${folder.slice("hr=".length, -1)}:00:00Z`);
    return start + 2 * hourMs <= now
      ? grouped(all).map((group): [string, ListedBlob[]] => [folder, group])
      : [];
  });
}

function grouped(files: readonly ListedBlob[]): ListedBlob[][] {
  const groups: ListedBlob[][] = [];
  let rest = files;
  for (;;) {
    const group = smallestFiles(rest, ({ bytes }) => [bytes], [mostBytes]);
    if (group.length < fewFiles) return groups;
    groups.push(group);
    rest = rest.filter((file) => !group.includes(file));
  }
}
