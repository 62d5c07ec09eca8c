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
  /** Throws MissingObject (missing-object.ts) where there is none of that name. */
  read(bucket: string, key: string): Promise<Uint8Array>;
}

/** Takes objects away. Every failure is an Error that names bucket and key. */
export interface ObjectRemoval {
  /** It is not there afterwards; it need not have been before. */
  remove(bucket: string, key: string): Promise<void>;
}

/** What a store says of an object. */
export interface StoredFile {
  readonly bytes: number;
  /** When it came to lie there, milliseconds since 1970. */
  readonly modifiedMs: number;
  /** By lower-case names. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Objects too long for memory. Every failure is an Error that names bucket and key. */
export interface StoredFiles {
  /** Null where there is none of that name. */
  describe(bucket: string, key: string): Promise<StoredFile | null>;
  /** Bytes [start, end). */
  range(bucket: string, key: string, start: number, end: number): Promise<Uint8Array>;
}

export interface KeptObject {
  readonly bytes: Uint8Array;
  /** Changes with every write. */
  readonly revision: string;
}

/** Objects that are replaced by newer ones of the same name. Every failure is an Error that names bucket and key. */
export interface KeptObjects {
  /** Null where there is none. */
  load(bucket: string, key: string): Promise<KeptObject | null>;
  /**
   * Puts an object in the place of the revision that was loaded, `null` for none; without it in the place of whatever is
   * there. Resolves with the new revision, with null where another one has been there since.
   */
  put(bucket: string, key: string, bytes: Uint8Array, former?: string | null): Promise<string | null>;
}

/** Messages as they came, before anybody looked inside; write-once. */
export interface RawZone {
  keep(messages: readonly Message[]): Promise<void>;
}

/** Rows into files of their tables, partitioned by the hour of their schema. */
export interface RowSink {
  write(block: RowBlock): Promise<void>;
}

/** What is kept of an edge node between processes: bytes that nothing but {@link BirthStore}'s user reads. */
export interface KeptNode {
  readonly bytes: Uint8Array;
  /** Changes with every write. */
  readonly revision: string;
}

/** Edge nodes by device id, for processes that decode the same nodes' messages one after the other or at the same time. */
export interface BirthStore {
  /** Bytes that may be kept of a node. */
  readonly maximumBytes: number;
  /** The newest of each; nothing of nodes that nothing is kept of. */
  load(deviceIds: readonly string[]): Promise<ReadonlyMap<string, KeptNode>>;
  /**
   * Keeps a node in place of the revision that was loaded, `null` for none.
   * Resolves with the new revision, with null where another process has kept the node since.
   */
  keep(deviceId: string, bytes: Uint8Array, former: string | null): Promise<string | null>;
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
  /** When a device was last heard of, microseconds; null where that is not known (any more). */
  lastSeen(deviceId: string): Promise<number | null>;
  /** What an insight found, by its name: the last one is kept. */
  record(insight: string, at: number, finding: unknown): Promise<void>;
}
