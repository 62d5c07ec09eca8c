/** Frame rows as columns, table by table. */
import type { FrameRow, FrameTable } from "../../functions/core/model.ts";
import { IdColumn, Int64Column, NumberColumn } from "./columns.ts";
import { SeriesDictionary } from "./dictionary.ts";
import type { PackedTable } from "./packed.ts";

/** Packs the frames of one worker; holds a dictionary a table. */
export class FramesPacker {
  readonly #tenant: string;
  /** By the decoder's own table objects: two versions of a profile are two tables. */
  readonly #series = new Map<FrameTable, SeriesDictionary>();

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  pack(frames: readonly FrameRow[]): PackedTable[] {
    if (frames.length === 0) return [];
    const byTable = Map.groupBy(frames, ({ table }) => table);
    return [...byTable].map(([table, rows]) => this.#packTable(table, rows));
  }

  #packTable(table: FrameTable, frames: readonly FrameRow[]): PackedTable {
    const rows = frames.length;
    const series = this.#dictionaryOf(table);
    const codes = new Int32Array(rows);
    const ts = new Int64Column(rows);
    const tsRaw = new Int64Column(rows);
    const axes = table.columns.map(() => new NumberColumn(Float64Array, rows));
    const quality = new NumberColumn(Int8Array, rows);
    const flags = new NumberColumn(Int32Array, rows);
    const seq = new Int64Column(rows);
    const ingestTs = new Int64Column(rows);
    const msgId = new IdColumn(rows);
    const fields = { subDevice: null, metric: null, unit: null };
    for (let row = 0; row < rows; row++) {
      const frame = frames[row] as FrameRow;
      const { deviceId, lane, codec, codecVersion } = frame;
      codes[row] = series.code({ deviceId, lane, codec, codecVersion, ...fields });
      ts.set(row, frame.ts);
      tsRaw.set(row, frame.tsRaw);
      for (let axis = 0; axis < axes.length; axis++) {
        (axes[axis] as NumberColumn).set(row, frame.values[axis] ?? null);
      }
      quality.set(row, frame.quality);
      flags.set(row, frame.flags);
      seq.set(row, frame.seq);
      ingestTs.set(row, frame.ingestTs);
      msgId.set(row, frame.msgId);
    }
    const fixed = [ts, tsRaw, ...axes, quality, flags, seq, ingestTs, msgId].map((column) => column.finish());
    return { table, rows, codes, dictionary: series.take(), fixed, variable: [] };
  }

  #dictionaryOf(table: FrameTable): SeriesDictionary {
    const known = this.#series.get(table);
    if (known !== undefined) return known;
    const made = new SeriesDictionary(({ deviceId, lane, codec, codecVersion }) => [
      this.#tenant,
      deviceId,
      lane,
      codec,
      codecVersion,
    ]);
    this.#series.set(table, made);
    return made;
  }
}
