/**
 * Names as numbers while rows are put in order and written: their place among all names of a column, in the order of the
 * text. DuckDB writes such a number as an ENUM twice as fast as text, and what stands in the file is text.
 */
import type { TableSchema } from "../../functions/core/table.ts";
import { seriesColumns, type PackedTable } from "./packed.ts";

/** One series column of several packs. */
export interface NameColumn {
  /** Each once, ordered as DuckDB compares texts: by their UTF-8 bytes. */
  readonly names: readonly string[];
  /** For each pack, by the number of its series: the place of its name; {@link noName} for `null`. */
  readonly codes: readonly Int32Array[];
}

export const noName = -1;

/** By the column's name. */
export function nameColumns(
  table: TableSchema,
  packs: readonly PackedTable[],
): ReadonlyMap<string, NameColumn> {
  return new Map(seriesColumns(table).map(({ name }, index) => [name, nameColumn(packs, index)]));
}

function nameColumn(packs: readonly PackedTable[], index: number): NameColumn {
  const places = new Map<string, number>();
  for (const { series } of packs) {
    for (const values of series) {
      const name = nameAt(values, index);
      if (name !== null) places.set(name, noName);
    }
  }
  const names = inOrder([...places.keys()]);
  names.forEach((name, place) => places.set(name, place));
  const codeOf = (values: readonly (string | null)[]): number => {
    const name = nameAt(values, index);
    return name === null ? noName : (places.get(name) ?? noName);
  };
  return { names, codes: packs.map(({ series }) => Int32Array.from(series, codeOf)) };
}

/** As UTF-8 can hold it. */
const nameAt = (values: readonly (string | null)[], index: number): string | null =>
  values[index]?.toWellFormed() ?? null;

function inOrder(names: readonly string[]): string[] {
  const bytes = names.map((name) => Buffer.from(name)).sort((left, right) => left.compare(right));
  return bytes.map((name) => name.toString());
}
