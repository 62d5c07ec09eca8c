import { expect, test } from "@jest/globals";
import { readingsTable } from "../../../functions/core/table.ts";
import { PackMemory } from "../../../site/store/pack-memory.ts";
import { PackWriter } from "../../../site/store/pack-writer.ts";
import type { PackedTable } from "../../../site/store/packed.ts";

/** Columns `ts`, `value_text` and `value_bytes`. */
const [ts, text, bytes] = [0, 6, 7];

/** So many rows of one device; each row's text tells its number, every third has none. */
function pack(writer: PackWriter, rows: number): PackedTable {
  const series = ["tenant", "a", null, "state", null, "live", "codec", "1"];
  for (let row = 0; row < rows; row += 1) {
    const at = writer.begin("a", "state", series);
    writer.columns[ts]?.integer64(at, 1_000_000 * row);
    writer.columns[text]?.text(at, row % 3 === 0 ? null : `row ${row}`);
    writer.columns[bytes]?.bytes(at, Buffer.alloc(row % 20, row));
  }
  return writer.finish() as PackedTable;
}

function texts({ memory, columns, rows }: PackedTable): (string | null)[] {
  const { values, valid } = columns[text] ?? { values: null, valid: null };
  const view = new DataView(memory);
  return Array.from({ length: rows }, (_, row) => {
    if (valid !== null && ((view.getUint8(valid + (row >> 3)) >> (row & 7)) & 1) === 0) return null;
    const at = (values ?? 0) + row * 16;
    return Buffer.from(memory, at + 4, view.getUint32(at, true)).toString();
  });
}
const expected = (rows: number) =>
  Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? null : `row ${row}`));

test("packs of any size hold what was written, also where they grew on the way", () => {
  const writer = new PackWriter(readingsTable, 4096, new PackMemory());
  for (const rows of [1, 7, 8, 9, 63, 64, 65, 500, 3, 5000, 1]) {
    const packed = pack(writer, rows);
    expect(texts(packed)).toEqual(expected(rows));
    expect(packed.rows).toBe(rows);
    // A word of validity for each 64 rows is what DuckDB copies: nothing else may lie there.
    const places = packed.columns.flatMap(({ values, valid }) => [values ?? valid ?? 0, valid ?? 0]);
    for (const valid of packed.columns.map((column) => column.valid ?? 0)) {
      const next = Math.min(packed.memory.byteLength, ...places.filter((place) => place > valid));
      expect(next - valid).toBeGreaterThanOrEqual(valid === 0 ? 0 : Math.ceil(rows / 64) * 8);
    }
  }
});

test("a device that sends now and then takes the memory of what it sends, not of a crowd", () => {
  const writer = new PackWriter(readingsTable, 4096, new PackMemory());
  const crowd = pack(writer, 4000).bytes;
  pack(writer, 1);
  expect(pack(writer, 1).bytes).toBeLessThan(crowd / 100);
});
