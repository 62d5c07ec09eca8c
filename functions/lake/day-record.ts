/**
 * What took the place of what, a day of a table at a time. Objects can't be swapped together, so a record says it: files
 * that came in the place of others count from the record that names them on, and those others from then on no more,
 * whether they are still there or not. Records are numbered and each is made once, so that of two who change a day at the
 * same time one begins anew. Every record holds the whole state: a reader needs the newest.
 */
import { z } from "zod";
import { manifestFolder } from "../agreements.ts";
import { isChangedName } from "./changed-name.ts";

/** Paths are below the day's folder: `hr=07/<sha256>.parquet`. */
const paths = z.array(z.string().regex(/^hr=\d\d\/[^/]+\.parquet$/));
const schema = z.object({
  format: z.literal(1),
  /** When it was made, and by what; unlike any other record's. */
  at: z.iso.datetime(),
  by: z.string().min(1),
  /** Files that came in the place of others, and count. */
  files: paths,
  /** Files whose place was taken. For good: a batch that is delivered once more writes a file of the same name. */
  gone: paths,
  /** What was done, for people. */
  note: z.record(z.string(), z.unknown()),
});
export type DayRecord = z.infer<typeof schema>;

const changes = `${manifestFolder}/changes`;

/** Where the records of a table are, those of a day in a folder of the day. */
export const recordsOf = (table: string): string => `${changes}/${table}/`;
export const recordKey = (table: string, day: string, number: number): string =>
  `${recordsOf(table)}dt=${day}/${String(number).padStart(8, "0")}.json`;
export const dayFolder = (table: string, day: string): string => `${table}/dt=${day}/`;

/** Null where the key is none of a record. */
export function recordAt(key: string): { readonly day: string; readonly number: number } | null {
  const [, day, number] = /\/dt=(\d{4}-\d\d-\d\d)\/(\d{8})\.json$/.exec(key) ?? [];
  return day === undefined ? null : { day, number: Number(number) };
}

/** @param key for the error */
export function readRecord(key: string, bytes: Uint8Array): DayRecord {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new Error(`the record ${key} of the lake is damaged: ${(error as Error).message}`);
  }
}

/** Whether a file of the day counts. @param path below the day's folder */
export function counts(record: Pick<DayRecord, "files" | "gone"> | null): (path: string) => boolean {
  const files = new Set(record?.files);
  const gone = new Set(record?.gone);
  return (path) => !gone.has(path) && (!isChangedName(path) || files.has(path));
}
