/** Readings as columns. */
import type { Reading } from "../../functions/core/model.ts";
import { IdColumn, Int64Column, NumberColumn, VariableColumn } from "./columns.ts";
import { SeriesDictionary } from "./dictionary.ts";
import type { PackedTable } from "./packed.ts";

/** Packs the readings of one worker; holds its dictionary. */
export class ReadingsPacker {
  readonly #series: SeriesDictionary;

  constructor(tenant: string) {
    this.#series = new SeriesDictionary(
      ({ deviceId, subDevice, metric, unit, lane, codec, codecVersion }) => [
        tenant,
        deviceId,
        subDevice,
        metric,
        unit,
        lane,
        codec,
        codecVersion,
      ],
    );
  }

  /** Null where there are no rows. */
  pack(readings: readonly Reading[]): PackedTable | null {
    const rows = readings.length;
    if (rows === 0) return null;
    const codes = new Int32Array(rows);
    const ts = new Int64Column(rows);
    const tsRaw = new Int64Column(rows);
    const tsNs = new NumberColumn(Int16Array, rows);
    const valueDouble = new NumberColumn(Float64Array, rows);
    const valueInt = new Int64Column(rows);
    const valueBool = new NumberColumn(Int8Array, rows);
    const quality = new NumberColumn(Int8Array, rows);
    const flags = new NumberColumn(Int32Array, rows);
    const seq = new Int64Column(rows);
    const ingestTs = new Int64Column(rows);
    const msgId = new IdColumn(rows);
    const valueText = new VariableColumn(rows);
    const valueBytes = new VariableColumn(rows);
    for (let row = 0; row < rows; row++) {
      const reading = readings[row] as Reading;
      codes[row] = this.#series.code(reading);
      ts.set(row, reading.ts);
      tsRaw.set(row, reading.tsRaw);
      tsNs.set(row, reading.tsNs);
      valueDouble.set(row, reading.valueDouble);
      valueInt.set(row, reading.valueInt);
      if (reading.valueBool !== null) valueBool.set(row, reading.valueBool ? 1 : 0);
      quality.set(row, reading.quality);
      flags.set(row, reading.flags);
      seq.set(row, reading.seq);
      ingestTs.set(row, reading.ingestTs);
      msgId.set(row, reading.msgId);
      valueText.set(row, reading.valueText);
      valueBytes.set(row, reading.valueBytes);
    }
    const fixed = [
      ts,
      tsRaw,
      tsNs,
      valueDouble,
      valueInt,
      valueBool,
      quality,
      flags,
      seq,
      ingestTs,
      msgId,
    ].map((column) => column.finish());
    const variable = [valueText.finish(), valueBytes.finish()];
    return { table: "readings", rows, codes, dictionary: this.#series.take(), fixed, variable };
  }
}
