import { isoMicros } from "./instant.ts";
import type { RowBlock } from "./columns.ts";
import { toHex } from "./text.ts";

/**
 * Rows as JSON objects, one a line, keyed by column; absent values are left out. Times are RFC 3339, bytes
 * hexadecimal, 64-bit integers written digit by digit: what a JSON reader with a declared schema takes back exactly.
 */
export function jsonLines({ table, rows, cell }: RowBlock): string {
  const keys = table.columns.map(({ name, type }) => ({ key: `${JSON.stringify(name)}:`, type }));
  let text = "";
  for (let row = 0; row < rows; row++) {
    const fields: string[] = [];
    keys.forEach(({ key, type }, column) => {
      const value = cell(row, column);
      if (value === null) return;
      if (type === "timestamp") fields.push(`${key}"${isoMicros(Number(value))}"`);
      else if (value instanceof Uint8Array) fields.push(`${key}"${toHex(value)}"`);
      else fields.push(key + (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
    });
    text += `{${fields.join(",")}}\n`;
  }
  return text;
}
