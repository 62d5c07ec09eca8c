/** What the functions need from the outside. Handlers know only these; adapters implement them, with clients injected. */

import type { RowBlock } from "./core/columns.ts";
import type { Message } from "./core/model.ts";

/** Buckets or containers of objects. Every failure is an Error that names bucket and key. */
export interface ObjectStore {
  /** Write an object that is not there yet. False where one of that name is: it then has the same content. */
  create(
    bucket: string,
    key: string,
    bytes: Uint8Array,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<boolean>;
  read(bucket: string, key: string): Promise<Uint8Array>;
}

/** Messages as they came, before anybody looked inside; write-once. */
export interface RawZone {
  keep(messages: readonly Message[]): Promise<void>;
}

/** Rows into files of their tables, partitioned by the hour of their schema. */
export interface RowSink {
  write(block: RowBlock): Promise<void>;
}

/** Counters and gauges, under the environment's name. */
export interface Metrics {
  put(values: Readonly<Record<string, number>>): void;
}

/** The newest value of a device and metric. */
export interface LatestValue {
  readonly deviceId: string;
  readonly subDevice: string | null;
  readonly metric: string;
  /** Event time, microseconds. */
  readonly ts: number;
  readonly ingestTs: number;
  readonly value: string | number | bigint | boolean | null;
  readonly unit: string | null;
  readonly quality: number;
}

export interface LatestState {
  /** Keeps what is newer than what it has; an older value changes nothing, so that files may land in any order. */
  keep(values: readonly LatestValue[]): Promise<void>;
  /** Devices that were last heard of before an instant (microseconds), the longest silent first, at most `limit`. */
  silentSince(
    before: number,
    limit: number,
  ): Promise<{ readonly deviceId: string; readonly lastSeen: number }[]>;
  /** What an insight found, by its name: the last one is kept. */
  record(insight: string, at: number, finding: unknown): Promise<void>;
}
