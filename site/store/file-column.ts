/** One column of a file's rows, put into DuckDB's vectors a chunk at a time: names as ENUMs, all else as it is in the packs. */
import duckdb from "@duckdb/node-bindings";
import type { Column } from "../../functions/core/table.ts";
import { nativeType } from "./append-packs.ts";
import { chunkRows, type GatheredColumn } from "./gather.ts";
import type { PackedTable } from "./packed.ts";
import type { RowPlaces } from "./row-order.ts";
import { noName, type NameColumn } from "./series-names.ts";

export interface FileColumn {
  readonly name: string;
  readonly type: duckdb.LogicalType;
  /** The chunk of `count` rows from place `from` on. */
  put(vector: duckdb.Vector, places: RowPlaces, from: number, count: number): void;
}

/** More names than that stand as text: too few rows share one for an ENUM to be worth making. */
const mostLabels = 5000;

/** Of one chunk; copied at once, so that all columns share it. */
const values = new ArrayBuffer(chunkRows * 16);
const valid = new Uint8Array(chunkRows / 8);

export function valueColumn(column: Column, gathered: GatheredColumn): FileColumn {
  return {
    name: column.name,
    type: duckdb.create_logical_type(nativeType(column)),
    put(vector, places, from, count) {
      if (gathered.isPartial) {
        gathered.validity(places, from, count, valid);
        putValidity(vector, count);
      }
      if (gathered.isEmpty) return;
      gathered.values(places, from, count, values);
      duckdb.copy_data_to_vector(vector, 0, values, 0, count * gathered.width);
      if (!gathered.hasLong) return;
      for (let index = 0; index < count; index++) {
        const value = gathered.longValue(places.packs[from + index] ?? 0, places.rows[from + index] ?? 0);
        if (value !== undefined) putText(vector, index, value);
      }
    },
  };
}

/** `packs` are those that the names are of. */
export function nameColumn(
  column: Column,
  { names, codes }: NameColumn,
  packs: readonly PackedTable[],
): FileColumn {
  const isLabel = names.length > 0 && names.length <= mostLabels;
  const series = packs.map(({ memory, codes: start, rows }) => new Int32Array(memory, start, rows));
  const labels = labelArray(names.length);
  return {
    name: column.name,
    type: isLabel ? duckdb.create_enum_type(names) : duckdb.create_logical_type(duckdb.Type.VARCHAR),
    put(vector, { packs: packOf, rows }, from, count) {
      valid.fill(0);
      for (let index = 0; index < count; index++) {
        const pack = packOf[from + index] as number;
        const number = (series[pack] as Int32Array)[rows[from + index] as number] as number;
        const code = (codes[pack] as Int32Array)[number] as number;
        if (code === noName) continue;
        valid[index >> 3] = (valid[index >> 3] as number) | (1 << (index & 7));
        if (isLabel) labels[index] = code;
        else putText(vector, index, names[code] as string);
      }
      if (isLabel) duckdb.copy_data_to_vector(vector, 0, values, 0, count * labels.BYTES_PER_ELEMENT);
      if (column.nullable) putValidity(vector, count);
    },
  };
}

/** Over {@link values}, as wide as DuckDB keeps the numbers of an ENUM with so many values. */
function labelArray(names: number): Uint8Array | Uint16Array {
  return names <= 255 ? new Uint8Array(values) : new Uint16Array(values);
}

function putText(vector: duckdb.Vector, index: number, value: string | Uint8Array): void {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  duckdb.vector_assign_string_element_len(vector, index, bytes);
}

function putValidity(vector: duckdb.Vector, count: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, Math.ceil(count / 64) * 8);
}
