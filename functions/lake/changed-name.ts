/** Names of files that came in the place of others: they count only where a record (day-record.ts) names them. */

const end = ".changed.parquet";
const merge = "merge";

/**
 * A name that was taken away for good must not come back with new rows, so it says the number of the record that is to name it.
 *
 * @param by what keeps it apart from files of other makers, and the record's number
 */
export const changedName = (sha256: string, by: string): string => `${sha256}-${by}${end}`;
/** @param number of the record that is to name it */
export const compactedName = (sha256: string, number: number): string =>
  changedName(sha256, `${merge}-${number}`);
export const isOfCompaction = (path: string): boolean => isChangedName(path) && path.includes(`-${merge}-`);
export const isChangedName = (path: string): boolean => path.endsWith(end);

/** Hex, of a file that came in the place of others; null of any other. */
export const changedHash = (path: string): string | null =>
  isChangedName(path) ? (/([0-9a-f]{64})-[^/]*$/.exec(path)?.[1] ?? null) : null;

/** Hex, of a file that is named by its content; null of any other, such as those that Firehose names. @param path `readings/dt=…` */
export const contentHash = (path: string): string | null =>
  /\/([0-9a-f]{64})\.parquet$/.exec(path)?.[1] ?? changedHash(path);
