/**
 * Rows on their way from a decode worker to the lake: columns of bytes as DuckDB's vectors hold them, so that both
 * threads move memory and not objects. Column order is that of `stagedLayout`.
 */
import type { LogPosition } from "../ports.ts";
import type { TableReference } from "../lake/tables.ts";

/** A bit a row, least significant first; set where the row has a value. */
export type Validity = Uint8Array<ArrayBuffer>;

/** Null in place of a column stands for null in every row, a null validity for a value in every row. */
export interface PackedFixed {
  readonly data: ArrayBuffer;
  readonly validity: Validity | null;
}

export interface PackedVariable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** End of each row's bytes; a row without a value has none. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly validity: Validity | null;
}

/**
 * A worker's dictionary grows from part to part: entries from `first` on are new. With a new epoch it starts over.
 * Fields are in the order of the layout's dictionary columns.
 */
export interface PackedDictionary {
  readonly epoch: number;
  readonly first: number;
  readonly entries: readonly (readonly (string | null)[])[];
}

export interface PackedTable {
  readonly table: TableReference;
  readonly rows: number;
  readonly codes: Int32Array<ArrayBuffer>;
  readonly dictionary: PackedDictionary;
  readonly fixed: readonly (PackedFixed | null)[];
  readonly variable: readonly (PackedVariable | null)[];
}

/** What some consecutive messages of one shard in one log batch became. */
export interface DecodedPart {
  readonly batch: BatchIdentity;
  /** Messages of the shard in this part, from `offset` of the shard's messages in the batch. */
  readonly offset: number;
  readonly messages: number;
  readonly duplicates: number;
  readonly tables: readonly PackedTable[];
  /** All messages from here on are still remembered by the worker: repeats of older ones the lake must find itself. */
  readonly remembersFrom: LogPosition;
}

/** A batch of the log, as one step of what is staged. */
export interface BatchIdentity {
  /** Consecutive from 1 in the life of a pipeline. */
  readonly number: number;
  /** Messages of all shards together. */
  readonly messages: number;
  /** Where the log goes on behind it. */
  readonly next: LogPosition;
}

/** Everything in a part whose memory can be handed over instead of copied. */
export function transferables(part: DecodedPart): ArrayBuffer[] {
  return part.tables.flatMap(({ codes, fixed, variable }) => [
    codes.buffer,
    ...fixed.flatMap((column) => (column === null ? [] : [column.data, ...validityOf(column)])),
    ...variable.flatMap((column) =>
      column === null ? [] : [column.bytes.buffer, column.ends.buffer, ...validityOf(column)],
    ),
  ]);
}

const validityOf = ({ validity }: { validity: Validity | null }): ArrayBuffer[] =>
  validity === null ? [] : [validity.buffer];
