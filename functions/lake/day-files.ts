/** The files of a lake's days that count, as one moment had them. */
import { insightsFolder, manifestFolder } from "../agreements.ts";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import type { ObjectStore } from "../ports.ts";
import {
  counts,
  dayFolder,
  readRecord,
  recordAt,
  recordKey,
  recordsOf,
  type DayRecord,
} from "./day-record.ts";

export interface LakeReading {
  readonly objects: Pick<ObjectStore, "read">;
  readonly list: BlobList;
}

export interface DayFiles {
  readonly day: string;
  /** Number of the newest record; 0 where there is none. */
  readonly number: number;
  readonly record: DayRecord | null;
  /** Everything that lies there, Parquet only. */
  readonly all: readonly ListedBlob[];
  /** What of it counts. */
  readonly files: readonly ListedBlob[];
}

const attempts = 5;

/** Folders that hold no table of what devices sent. */
const apart: readonly string[] = [manifestFolder, insightsFolder];

/** Tables of what devices sent that a container has files of. */
export async function tablesOf(container: string, list: BlobList): Promise<string[]> {
  const { folders } = await list.level(container, "");
  return folders
    .map((folder) => folder.replace(/\/$/, ""))
    .filter((table) => !apart.includes(table) && /^[a-z][a-z0-9_]*$/.test(table));
}

/** Folders that hold days: tables of what devices sent, and of insights. */
export const foldersOf = async (container: string, list: BlobList): Promise<string[]> => [
  ...(await tablesOf(container, list)),
  ...(await insightTablesOf(container, list)),
];

/** Days that a folder has, in the order of the listing. */
export async function daysIn(container: string, folder: string, list: BlobList): Promise<string[]> {
  const { folders } = await list.level(container, `${folder}/`);
  return folders.flatMap((found) => /\/dt=(\d{4}-\d\d-\d\d)\/$/.exec(found)?.[1] ?? []);
}

/** Days of a table that have files which are wanted, the oldest first. */
export async function daysWith(
  container: string,
  table: string,
  list: BlobList,
  isWanted: (file: ListedBlob) => boolean,
): Promise<string[]> {
  const days = (await list.all(container, `${table}/`)).flatMap((file) =>
    isWanted(file) ? (/\/dt=(\d{4}-\d\d-\d\d)\/hr=/.exec(file.key)?.[1] ?? []) : [],
  );
  return [...new Set(days)].sort();
}

/** Tables of insights, as folders that hold their days. */
async function insightTablesOf(container: string, list: BlobList): Promise<string[]> {
  const { folders } = await list.level(container, `${insightsFolder}/`);
  return folders
    .map((folder) => folder.replace(/\/$/, ""))
    .filter((folder) => /\/[a-z][a-z0-9_]*$/.test(folder));
}

/**
 * Rows of files that count are there once each. Records are looked at before and after the files: where one has come in
 * between, everything is looked at again.
 */
export async function dayFiles(
  container: string,
  table: string,
  days: readonly string[],
  { objects, list }: LakeReading,
): Promise<readonly DayFiles[]> {
  let before = await newest(container, table, list);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const found: DayFiles[] = [];
    for (const day of days) {
      const number = before.get(day) ?? 0;
      const key = recordKey(table, day, number);
      const record = number === 0 ? null : readRecord(key, await objects.read(container, key));
      const folder = dayFolder(table, day);
      const all = (await list.all(container, folder)).filter((blob) => blob.key.endsWith(".parquet"));
      const isCounted = counts(record);
      const files = all.filter((blob) => isCounted(blob.key.slice(folder.length)));
      found.push({ day, number, record, all, files });
    }
    const after = await newest(container, table, list);
    if (days.every((day) => before.get(day) === after.get(day))) return found;
    before = after;
  }
  throw new Error(`the files of ${table} in ${container} change all the time: ask again`);
}

/** By day, the number of the newest record. */
async function newest(
  container: string,
  table: string,
  list: BlobList,
): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  for (const { key } of await list.all(container, recordsOf(table))) {
    const at = recordAt(key);
    if (at !== null) numbers.set(at.day, Math.max(at.number, numbers.get(at.day) ?? 0));
  }
  return numbers;
}
