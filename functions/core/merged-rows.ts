/** The rows of small files as those of one, wherever they lie: the one rule of what a repeat is. */
import { quoteIdentifier } from "./table.ts";

/** What a repeat may have otherwise: when it came, and what that made of it (late, out of sequence). */
const circumstances: ReadonlySet<string> = new Set(["ingest_ts", "flags"]);

/**
 * A SELECT of the rows in their file's order; of those that say the same, the first to arrive. They are next to each
 * other by their hash: of 64 bits, and of rows with the same device and time, so that it tells them apart. The comparison
 * is one of numbers, because DuckDB 1.5 gives up the order of rows where it compares structs or the halves of an OR.
 *
 * @param columns of the files, in their order
 * @param scan what reads the files, as it stands behind FROM
 */
export function mergedRows(columns: readonly string[], sortBy: readonly string[], scan: string): string {
  const quoted = (names: readonly string[]): string => names.map(quoteIdentifier).join(", ");
  const said = columns.filter((name) => !circumstances.has(name));
  const order = [
    ...sortBy.map(quoteIdentifier),
    "said",
    ...(columns.includes("ingest_ts") ? ["ingest_ts"] : []),
  ];
  return `SELECT ${quoted(columns)} FROM (
            SELECT *, lag(said) OVER () AS said_before FROM (
              SELECT *, hash(${quoted(said)}) AS said FROM ${scan}
              ORDER BY ${order.join(", ")}))
          WHERE said IS DISTINCT FROM said_before`;
}

/**
 * The smallest files, as many as one merge takes. What is half as large as a merge may be is not small.
 *
 * @param sizesOf of a file, each to be bounded; the first one decides which file is smaller
 * @param most of the sum of each size
 */
export function smallestFiles<File>(
  files: readonly File[],
  sizesOf: (file: File) => readonly number[],
  most: readonly number[],
): File[] {
  const small = files
    .filter((file) => sizesOf(file).every((size, index) => size <= (most[index] as number) / 2))
    .toSorted((left, right) => (sizesOf(left)[0] as number) - (sizesOf(right)[0] as number));
  const sums = most.map(() => 0);
  const beyond = small.findIndex((file) => {
    sizesOf(file).forEach((size, index) => (sums[index] = (sums[index] as number) + size));
    return sums.some((sum, index) => sum > (most[index] as number));
  });
  return beyond === -1 ? small : small.slice(0, beyond);
}
