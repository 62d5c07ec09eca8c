/** Packs of rows that a test writes down by the names of their columns. */
import type { TableSchema } from "../../../functions/core/table.ts";
import { PackMemory } from "../../../site/store/pack-memory.ts";
import { PackWriter } from "../../../site/store/pack-writer.ts";
import { seriesColumns, valueColumns, type PackedTable } from "../../../site/store/packed.ts";

export type Row = Record<string, string | number | bigint | Uint8Array | null>;

/** Texts that a row does not have are empty, or null where that is allowed. */
export function pack(table: TableSchema, given: readonly Row[]): PackedTable {
  const writer = new PackWriter(table, given.length, new PackMemory());
  for (const row of given) {
    const series = seriesColumns(table).map(
      ({ name, nullable }) => (row[name] as string) ?? (nullable ? null : ""),
    );
    const at = writer.begin(String(row["device_id"]), String(row["metric"]), series);
    valueColumns(table).forEach(({ name, type, nullable }, index) => {
      const column = writer.columns[index]!;
      const value = row[name] ?? (nullable ? null : type === "text" ? "" : 0);
      if (value === null) return column.none(at);
      if (name === "msg_id") return column.id(at, new Int32Array(Uint8Array.from(value as Buffer).buffer));
      if (type === "text") return column.text(at, value as string);
      if (type === "bytes") return column.bytes(at, value as Uint8Array);
      if (type === "double") return column.double(at, value as number);
      if (type === "int32") return column.int32(at, value as number);
      if (type === "int16") return column.int16(at, value as number);
      if (type === "int8" || type === "bool") return column.int8(at, value as number);
      return column.integer64(at, value as number | bigint);
    });
  }
  const packed = writer.finish();
  if (packed === null) throw new Error("no rows");
  return packed;
}
