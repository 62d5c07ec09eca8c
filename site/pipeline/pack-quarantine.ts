/** Quarantined messages as columns. */
import type { Quarantined } from "../../functions/core/model.ts";
import { IdColumn, Int64Column, VariableColumn } from "./columns.ts";
import { SeriesDictionary } from "./dictionary.ts";
import type { PackedTable } from "./packed.ts";

/** Packs the quarantine of one worker; holds its dictionary. */
export class QuarantinePacker {
  readonly #series: SeriesDictionary;

  constructor(tenant: string) {
    // Channel and reason take the places of sub-device and metric: a code is a code.
    this.#series = new SeriesDictionary(
      ({ deviceId, subDevice: channel, metric: reason, lane, codec, codecVersion }) => [
        tenant,
        deviceId,
        channel,
        lane,
        reason,
        codec,
        codecVersion,
      ],
    );
  }

  /** Null where there are no rows. */
  pack(quarantined: readonly Quarantined[]): PackedTable | null {
    const rows = quarantined.length;
    if (rows === 0) return null;
    const codes = new Int32Array(rows);
    const receivedAt = new Int64Column(rows);
    const msgId = new IdColumn(rows);
    const detail = new VariableColumn(rows);
    const payload = new VariableColumn(rows);
    quarantined.forEach(({ message, msgId: id, reason, detail: text, codec, codecVersion }, row) => {
      const { deviceId, channel, lane } = message;
      codes[row] = this.#series.code({
        deviceId,
        subDevice: channel,
        metric: reason,
        unit: null,
        lane,
        codec,
        codecVersion,
      });
      receivedAt.set(row, message.receivedAt);
      msgId.set(row, id);
      detail.set(row, text);
      payload.set(row, message.payload);
    });
    return {
      table: "quarantine",
      rows,
      codes,
      dictionary: this.#series.take(),
      fixed: [receivedAt.finish(), msgId.finish()],
      variable: [detail.finish(), payload.finish()],
    };
  }
}
