/** What holds for whatever a decoder is given. */
import { quarantineReasons, type Decoded } from "../../functions/core/model.ts";
import { metricPattern } from "../../functions/core/normalise/metric.ts";

/** What does not hold, in one line; null where all of it does. */
export function broken({ readings, frames, quarantined }: Decoded): string | null {
  for (const row of readings) {
    const { valueDouble, valueInt, valueBool, valueText, valueBytes, quality, metric } = row;
    const values = [valueDouble, valueInt, valueBool, valueText, valueBytes].filter(
      (value) => value !== null,
    ).length;
    if (values !== (quality === 2 ? 0 : 1)) return `${metric} has ${values} values and quality ${quality}`;
    if (valueDouble !== null && !Number.isFinite(valueDouble)) return `${metric} is ${valueDouble}`;
    if (valueInt !== null && !isInt64(valueInt)) return `${metric} is ${valueInt}`;
    if (!metricPattern.test(metric)) return `"${metric}" is no metric`;
    if (row.tsNs !== null && !(Number.isInteger(row.tsNs) && row.tsNs >= 0 && row.tsNs < 1_000))
      return `${metric} has ts_ns ${row.tsNs}`;
    if (row.subDevice !== null && row.subDevice.length > 4_096)
      return `${metric} has a sub-device without end`;
  }
  for (const row of frames) {
    if (row.values.length !== row.table.columns.length) return `a frame of ${row.values.length} values`;
    if (!row.values.every((value) => value === null || Number.isFinite(value))) return "a frame with a NaN";
  }
  for (const row of [...readings, ...frames]) {
    if (!Number.isSafeInteger(row.ts)) return `ts is ${row.ts}`;
    if (row.tsRaw !== null && !Number.isSafeInteger(row.tsRaw)) return `ts_raw is ${row.tsRaw}`;
    if (row.msgId.length !== 16) return "a row without msg_id";
    if (row.seq !== null && !isInt64(row.seq)) return `seq is ${row.seq}`;
    if (row.flags !== (row.flags & 255)) return `flags are ${row.flags}`;
  }
  for (const { reason, detail, msgId } of quarantined) {
    if (!(quarantineReasons as readonly string[]).includes(reason)) return `"${reason}" is no reason`;
    if (reason === "codec-threw") return `the decoder threw ${detail}`;
    if (detail.length === 0 || detail.length > 500 || msgId.length !== 16)
      return "an entry without detail or id";
  }
  return null;
}

function isInt64(value: number | bigint): boolean {
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 63n;
  return Number.isSafeInteger(value);
}
