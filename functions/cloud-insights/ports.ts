/** What working insights out in a cloud needs, and what bounds it. */
import type { BlobList } from "../adapters/blob-list.ts";
import type { ParquetCodec } from "../adapters/parquet.ts";
import type { InsightDeclaration } from "../declared-insights/declaration.ts";
import type { KeptObjects, Metrics, ObjectRemoval, ObjectStore } from "../ports.ts";

export interface InsightBounds {
  /** Of DuckDB, beyond which it writes to disk; as it has it: `1GB`. */
  readonly memory: string;
  /** Bytes of files that one unit may rest on. */
  readonly mostBytes: number;
  /** Milliseconds of a run in which units of days are begun. */
  readonly beginsWithin: number;
  /** Milliseconds that one unit may take. */
  readonly unit: number;
  /** Milliseconds after which the host has ended a run for certain: until then no other one begins. */
  readonly run: number;
}

/**
 * A function of 2 GB that its host ends after ten minutes: units of days are begun for two, the last one may take two
 * more, so may the last one of what is said of now, and what it found is written in the time that is left.
 */
export const functionBounds: InsightBounds = {
  memory: "1GB",
  mostBytes: 512 * 2 ** 20,
  beginsWithin: 120_000,
  unit: 120_000,
  run: 600_000,
};

export interface InsightPorts {
  readonly objects: Pick<ObjectStore, "read">;
  readonly list: BlobList;
  readonly kept: KeptObjects;
  readonly removal: ObjectRemoval;
  readonly metrics: Metrics;
  /** The curated zone's bucket or container. */
  readonly container: string;
  readonly tenant: string;
  readonly declaration: InsightDeclaration;
  /** Days that files of the curated zone are kept; 0: for ever. */
  readonly retentionDays: number;
  /** Of the files that are written. */
  readonly codec: ParquetCodec;
  readonly bounds: InsightBounds;
  /** Says why a unit could not be worked out. */
  readonly complain: (message: string) => void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Files under way at the same time. */
export const atOnce = 16;
