/** What a question would read, by the manifest, before anything is read. */
import type { QuestionScope, ScanLimits } from "../../ports.ts";
import type { LakeFile } from "../manifest.ts";
import { QueryError } from "../reader.ts";
import { derivedViews } from "../views.ts";

/** What is known of a file before it is read. */
export type ScannedFile = Pick<LakeFile, "path" | "table" | "bytes" | "minTs" | "maxTs" | "shape">;

/** Files that may hold rows of the range. */
export function inRange<File extends ScannedFile>(
  files: readonly File[],
  { from, to }: Pick<QuestionScope, "from" | "to">,
): readonly File[] {
  return files.filter(
    ({ minTs, maxTs }) => (from === undefined || maxTs >= from) && (to === undefined || minTs < to),
  );
}

/** Throws {@link QueryError} that says what the tables hold and what narrows it. `tables`: null where it isn't known. */
export function guardScan(
  files: readonly ScannedFile[],
  tables: ReadonlySet<string> | null,
  range: Pick<QuestionScope, "from" | "to">,
  limits: ScanLimits,
): void {
  const named = (table: string): boolean =>
    tables === null ||
    tables.has(table) ||
    (table !== "quarantine" && derivedViews.some((view) => tables.has(view)));
  const read = inRange(files, range).filter(({ table }) => named(table));
  const bytes = read.reduce((sum, file) => sum + file.bytes, 0);
  if (read.length <= limits.files && bytes <= limits.bytes) return;
  const newest = Math.max(...read.map(({ maxTs }) => maxTs));
  const day = new Date(newest / 1000 - 86_400_000).toISOString();
  throw new QueryError(
    `the statement may read ${read.length} files of ${megabytes(bytes)}; allowed: ${limits.files} files, ` +
      `${megabytes(limits.bytes)}. Choose a time range beside the statement (in a request: {"from": "${day}"})`,
    "scan-too-large",
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
