/** Rows seen by column: what every writer of rows needs, whatever its file format. */

import type { FrameRow, Quarantined, Reading } from "./model.ts";
import { frameTable, quarantineTable, readingsTable, type TableSchema } from "./table.ts";

export type Cell = string | number | bigint | boolean | Uint8Array | null;

/** Rows of one table; a cell is asked for by row and column. */
export interface RowBlock {
  readonly table: TableSchema;
  readonly rows: number;
  cell(row: number, column: number): Cell;
}

const property = (column: string): string =>
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function readingsBlock(readings: readonly Reading[]): RowBlock {
  const properties = readingsTable.columns.map(({ name }) => property(name) as keyof Reading);
  return {
    table: readingsTable,
    rows: readings.length,
    cell: (row, column) => readings[row]?.[properties[column] as keyof Reading] ?? null,
  };
}

/** One block for each layout. */
export function frameBlocks(frames: readonly FrameRow[]): RowBlock[] {
  return [...Map.groupBy(frames, ({ table }) => table)].map(([layout, rows]) => {
    const table = frameTable(layout);
    const axes = new Map(layout.columns.map(({ name }, index) => [name, index]));
    const cells = table.columns.map(({ name }) => {
      const axis = axes.get(name);
      const key = property(name) as Exclude<keyof FrameRow, "table" | "values">;
      return axis === undefined
        ? (row: FrameRow): Cell => row[key] ?? null
        : (row: FrameRow): Cell => row.values[axis] ?? null;
    });
    return {
      table,
      rows: rows.length,
      cell: (row, column) => cells[column]?.(rows[row] as FrameRow) ?? null,
    };
  });
}

export function quarantineBlock(entries: readonly Quarantined[]): RowBlock {
  const cells: Record<string, (entry: Quarantined) => Cell> = {
    tenant: ({ message }) => message.tenant,
    device_id: ({ message }) => message.deviceId,
    channel: ({ message }) => message.channel,
    received_at: ({ message }) => message.receivedAt,
    reason: ({ reason }) => reason,
    detail: ({ detail }) => detail,
    payload: ({ message }) => message.payload,
    msg_id: ({ msgId }) => msgId,
    lane: ({ message }) => message.lane,
    codec: ({ codec }) => codec,
    codec_version: ({ codecVersion }) => codecVersion,
  };
  return {
    table: quarantineTable,
    rows: entries.length,
    cell: (row, column) =>
      cells[quarantineTable.columns[column]?.name ?? ""]?.(entries[row] as Quarantined) ?? null,
  };
}
