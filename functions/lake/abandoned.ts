/** Files that somebody made who ended before the record that was to name them: no reader counts them, but they lie there. */
import type { ObjectRemoval } from "../ports.ts";
import { isChangedName, isOfCompaction } from "./changed-name.ts";
import { dayFiles, daysWith, type DayFiles, type LakeReading } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";

interface Clearing {
  readonly removal: ObjectRemoval;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Longer than anybody takes from a file to its record. */
const abandonedMs = 24 * 3_600_000;

/** Takes away what no record names and has lain there for a day. */
export async function clearAbandoned(
  container: string,
  table: string,
  { day, record, all }: Pick<DayFiles, "day" | "record" | "all">,
  { removal, now }: Clearing,
): Promise<number> {
  const folder = dayFolder(table, day);
  const named = new Set(record?.files);
  const abandoned = all.filter(({ key, modifiedMs }) => {
    const path = key.slice(folder.length);
    return isChangedName(path) && !named.has(path) && modifiedMs < now() - abandonedMs;
  });
  for (const { key } of abandoned) await removal.remove(container, key);
  return abandoned.length;
}

/**
 * The same for all days of a table in which a replay has left files. What the compaction leaves it takes away itself.
 *
 * @param since of files that came before, nothing is looked at; milliseconds since 1970
 */
export async function clearReplayed(
  container: string,
  table: string,
  since: number,
  ports: LakeReading & Clearing,
): Promise<number> {
  const until = ports.now() - abandonedMs;
  const days = await daysWith(
    container,
    table,
    ports.list,
    ({ key, modifiedMs }) =>
      isChangedName(key) && !isOfCompaction(key) && modifiedMs >= since && modifiedMs < until,
  );
  let cleared = 0;
  for (const found of await dayFiles(container, table, days, ports))
    cleared += await clearAbandoned(container, table, found, ports);
  return cleared;
}
