/** SenML packs to rows. */

import { Fault, shown, toFault } from "../fault.ts";
import type { Message } from "../model.ts";
import type { MeasuredName } from "../normalise/metric.ts";
import { partMetric, splitSenmlName } from "../normalise/metric.ts";
import { integratedUnit } from "../normalise/units.ts";
import type { SenmlProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { MessageDecoder } from "./format.ts";
import { readSenmlCbor } from "./senml-cbor.ts";
import { readSenmlJson } from "./senml-json.ts";
import type { SenmlPack, SenmlRecord } from "./senml-resolve.ts";

/** Names are the devices' own, so what is remembered of them is bounded. */
const rememberedNames = 10_000;

const microseconds = (seconds: number): number => Math.round(seconds * 1_000_000);

export function senmlDecoder(profile: SenmlProfile): MessageDecoder {
  const read: (bytes: Uint8Array) => SenmlPack =
    profile.format === "senml-json" ? readSenmlJson : readSenmlCbor;
  const names = new Map<string, MeasuredName>();
  const rename = new Map(Object.entries(profile.rename ?? {}));
  const refuseOthers = profile.otherDevice === "quarantine";

  const measuredName = (name: string): MeasuredName => {
    let measured = names.get(name);
    if (measured === undefined) {
      const split = splitSenmlName(name);
      const prefix = split.subDevice;
      const rest =
        prefix !== null && name.startsWith(prefix) ? name.slice(prefix.length + 1) : name.replace(/^\//, "");
      measured = { subDevice: prefix, metric: rename.get(name) ?? rename.get(rest) ?? split.metric };
      if (names.size >= rememberedNames) names.clear();
      names.set(name, measured);
    }
    return measured;
  };

  const write = (record: SenmlRecord, message: Message, rows: MessageRows): void => {
    const { metric, subDevice: prefix } = measuredName(record.name);
    const subDevice = prefix !== null && isSelf(prefix, message.deviceId) ? null : prefix;
    if (subDevice !== null && refuseOthers) {
      rows.problems.add(new Fault("id-mismatch", `name ${shown(record.name)} is of another device`));
      return;
    }
    const { unit, value, time } = record;
    if (unit !== null) rows.checkUnit(unit);
    if (record.relative) rows.time.arrival(microseconds(time));
    else rows.time.device(microseconds(time), null);
    if (typeof value === "number") rows.double(subDevice, metric, unit, value);
    else if (typeof value === "bigint") rows.integer(subDevice, metric, unit, value);
    else if (typeof value === "string") rows.text(subDevice, metric, unit, value);
    else if (typeof value === "boolean") rows.bool(subDevice, metric, value);
    else if (value !== null) rows.bytes(subDevice, metric, value);
    if (record.sum !== null)
      rows.double(subDevice, partMetric(metric, "sum"), integratedUnit(unit), record.sum);
  };

  return (message: Message, rows: MessageRows) => {
    const { records, problems, leftOut } = read(message.payload);
    const timed = records.find((record) => !record.relative);
    rows.identify(null, timed === undefined ? null : microseconds(timed.time));
    for (const record of records) {
      try {
        write(record, message, rows);
      } catch (thrown) {
        rows.problems.add(toFault(thrown));
      }
    }
    for (const problem of problems) rows.problems.add(problem);
    rows.problems.addUnlisted(leftOut - problems.length);
  };
}

/** Whether a name prefix is the authenticated device itself, bare or as the end of a URN or path. */
function isSelf(prefix: string, deviceId: string): boolean {
  if (!prefix.endsWith(deviceId)) return false;
  const before = prefix.charCodeAt(prefix.length - deviceId.length - 1);
  return prefix.length === deviceId.length || before === 0x3a || before === 0x2f;
}
