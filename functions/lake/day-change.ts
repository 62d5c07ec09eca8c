/** One change of a day: new files in the place of former ones, for every reader at once. */
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import type { DayFiles } from "./day-files.ts";
import { dayFolder, recordKey, type DayRecord } from "./day-record.ts";

export interface Change {
  /** Of files that lie there, below the day's folder. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly by: string;
  readonly note: Readonly<Record<string, unknown>>;
}

/**
 * False where the day has changed since it was looked at: nothing is changed then. Former files stay until
 * {@link clearGone} takes them away.
 */
export async function changeDay(
  container: string,
  table: string,
  { day, number, record, all }: Omit<DayFiles, "files">,
  { add, remove, by, note }: Change,
  { objects, now }: { readonly objects: ObjectStore; now(): number },
): Promise<boolean> {
  const removed = new Set(remove);
  const folder = dayFolder(table, day);
  const there = new Set(all.map(({ key }) => key.slice(folder.length)));
  // What the lifecycle has taken away need not be named any more.
  const kept = (record?.files ?? []).filter((path) => there.has(path) && !removed.has(path));
  const next: DayRecord = {
    format: 1,
    ...{ at: new Date(now()).toISOString(), by },
    files: [...kept, ...add],
    gone: [...new Set([...(record?.gone ?? []), ...remove])],
    note,
  };
  const key = recordKey(table, day, number + 1);
  const bytes = Buffer.from(JSON.stringify(next));
  if (await objects.create(container, key, bytes)) return true;
  // A request whose answer was lost is sent again, and then finds what it has made itself.
  return Buffer.compare(await objects.read(container, key), bytes) === 0;
}

/** Takes away what counts no more. */
export async function clearGone(
  container: string,
  table: string,
  { day, record, all }: Pick<DayFiles, "day" | "record" | "all">,
  removal: ObjectRemoval,
): Promise<number> {
  const folder = dayFolder(table, day);
  const gone = new Set(record?.gone);
  const left = all.filter(({ key }) => gone.has(key.slice(folder.length)));
  for (const { key } of left) await removal.remove(container, key);
  return left.length;
}
