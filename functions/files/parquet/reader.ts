/** A process that reads one Parquet file: what a file makes it take, of memory or time, nobody else's process loses. */
import { Worker } from "node:worker_threads";
import type { Profile } from "../../core/profiles/profile.ts";
import { ParquetRefusal } from "./guard.ts";
import type { MemoryWatchData } from "./memory-watch.ts";
import { parquetLines, type PlacedLines, type RowPlace } from "./rows.ts";

export interface ReaderStart {
  /** Of the file. */
  readonly bytes: number;
  readonly profile: Profile;
  readonly from: RowPlace;
  /** Of this process, in memory. */
  readonly mostBytes: number;
  /** Address of the file that watches over it. */
  readonly watch: string;
}

/** What it says; it is answered bytes to `want`, and anything to lines. */
export type ReaderMessage =
  | { readonly want: readonly [start: number, end: number] }
  | PlacedLines
  | { readonly refusal: string }
  | { readonly end: true };

function ask<Answer>(message: ReaderMessage): Promise<Answer> {
  return new Promise((resolve) => {
    process.once("message", resolve);
    process.send!(message);
  });
}

async function read({ bytes, profile, from, mostBytes, watch }: ReaderStart): Promise<void> {
  const workerData: MemoryWatchData = { mostBytes, parent: process.ppid };
  new Worker(new URL(watch), { workerData }).unref();
  const slice = (start: number, end: number): Promise<Uint8Array> => ask({ want: [start, end] });
  for await (const lines of parquetLines({ bytes, slice }, profile, from)) await ask(lines);
}

/** hyparquet says of what it is that it can't read; of what is damaged, it stumbles anywhere. */
function refusalOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isSaid = error instanceof ParquetRefusal || message.startsWith("parquet ");
  return isSaid ? message : `it is damaged (${message})`;
}

process.once("message", (start: ReaderStart) =>
  read(start).then(
    () => process.send!({ end: true } satisfies ReaderMessage),
    (error: unknown) => process.send!({ refusal: refusalOf(error) } satisfies ReaderMessage),
  ),
);
process.on("disconnect", () => process.exit(0));
