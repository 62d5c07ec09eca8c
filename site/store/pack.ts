/** Decoded rows into packed tables: the long table, a wide one for each layout, and quarantine. */
import { frameTable, quarantineTable, readingsTable } from "../../functions/core/table.ts";
import type { FrameRow, FrameTable, Quarantined, Reading } from "../../functions/core/model.ts";
import { PackWriter, type ColumnWriter, type PackedTable } from "./packed.ts";

type Columns = readonly ColumnWriter[];
const at = (columns: Columns, index: number): ColumnWriter => columns[index] as ColumnWriter;

export function packReadings(readings: readonly Reading[]): PackedTable {
  const writer = new PackWriter(readingsTable, readings.length);
  const { columns } = writer;
  const values: (string | null)[] = [];
  readings.forEach((row, index) => {
    values[0] = row.tenant;
    values[1] = row.deviceId;
    values[2] = row.subDevice;
    values[3] = row.metric;
    values[4] = row.unit;
    values[5] = row.lane;
    values[6] = row.codec;
    values[7] = row.codecVersion;
    writer.series(index, row.deviceId, row.metric, values);
    at(columns, 0).integer64(index, row.ts);
    at(columns, 1).integer64(index, row.tsRaw);
    at(columns, 2).small(index, row.tsNs);
    at(columns, 3).double(index, row.valueDouble);
    at(columns, 4).integer64(index, row.valueInt);
    at(columns, 5).small(index, row.valueBool === null ? null : Number(row.valueBool));
    at(columns, 6).sparse(index, row.valueText);
    at(columns, 7).sparse(index, row.valueBytes);
    packProvenance(columns, 8, index, row);
  });
  return writer.finish();
}

/** One pack for each layout. */
export function packFrames(frames: readonly FrameRow[]): PackedTable[] {
  const byTable = new Map<FrameTable, FrameRow[]>();
  for (const frame of frames) {
    const rows = byTable.get(frame.table);
    if (rows === undefined) byTable.set(frame.table, [frame]);
    else rows.push(frame);
  }
  return [...byTable].map(([table, rows]) => {
    const writer = new PackWriter(frameTable(table), rows.length);
    const { columns } = writer;
    const axes = table.columns.length;
    rows.forEach((row, index) => {
      const { tenant, deviceId, lane, codec, codecVersion } = row;
      writer.series(index, deviceId, codec, [tenant, deviceId, lane, codec, codecVersion]);
      at(columns, 0).integer64(index, row.ts);
      at(columns, 1).integer64(index, row.tsRaw);
      for (let axis = 0; axis < axes; axis++) at(columns, 2 + axis).double(index, row.values[axis] ?? null);
      packProvenance(columns, 2 + axes, index, row);
    });
    return writer.finish();
  });
}

export function packQuarantined(quarantined: readonly Quarantined[]): PackedTable {
  const writer = new PackWriter(quarantineTable, quarantined.length);
  const { columns } = writer;
  quarantined.forEach(({ message, reason, detail, msgId, codec, codecVersion }, index) => {
    const { tenant, deviceId, channel, lane } = message;
    const values = [tenant, deviceId, channel, reason, lane, codec, codecVersion];
    writer.series(index, deviceId, reason, values);
    at(columns, 0).integer64(index, message.receivedAt);
    at(columns, 1).sparse(index, detail);
    at(columns, 2).sparse(index, message.payload);
    at(columns, 3).id(index, msgId);
  });
  return writer.finish();
}

interface Provenance {
  readonly quality: number;
  readonly flags: number;
  readonly seq: number | bigint | null;
  readonly ingestTs: number;
  readonly msgId: Uint8Array;
}

function packProvenance(columns: Columns, first: number, index: number, row: Provenance): void {
  at(columns, first).small(index, row.quality);
  at(columns, first + 1).small(index, row.flags);
  at(columns, first + 2).integer64(index, row.seq);
  at(columns, first + 3).integer64(index, row.ingestTs);
  at(columns, first + 4).id(index, row.msgId);
}
