/** Hours of a table that a change leaves without any of its new files: whoever works insights out has to look at them. */
import { markDue } from "../cloud-insights/due-hours.ts";
import { ledgerKey } from "../cloud-insights/ledger.ts";
import type { ObjectStore } from "../ports.ts";
import type { LakeReading } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";

export interface ChangedPaths {
  /** Below the day's folder. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * A new file marks its hour itself, once it is heard of; nothing is heard of files that go. Nothing is marked of a day that has
 * no results.
 */
export async function markEmptied(
  container: string,
  table: string,
  day: string,
  { add, remove }: ChangedPaths,
  { objects, list }: LakeReading & { readonly objects: ObjectStore },
): Promise<void> {
  const filled = new Set(add.map(hourOf));
  const emptied = remove.filter((path) => !filled.has(hourOf(path)));
  if (emptied.length === 0) return;
  const results = ledgerKey(day);
  if (!(await list.all(container, results)).some(({ key }) => key === results)) return;
  for (const path of emptied) await markDue(objects, container, `${dayFolder(table, day)}${path}`);
}

const hourOf = (path: string): string => path.slice(0, path.indexOf("/"));
