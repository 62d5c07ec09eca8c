/** JSON messages by a declared mapping from paths to metrics. */

import { Fault, shown } from "../fault.ts";
import { parseJson, parseJsonExactly } from "../json.ts";
import type { Message, Micros } from "../model.ts";
import { applyScaling, scalingOf, type Scaling } from "../normalise/scaling.ts";
import { timeUnits } from "../normalise/time.ts";
import type { JsonField, JsonProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import { decodeUtf8 } from "../text.ts";
import type { MessageDecoder } from "./format.ts";
import { flattened } from "./json-others.ts";
import type { JsonPath } from "./json-path.ts";
import { metricOfPath, parseJsonPath, valueAt } from "./json-path.ts";

/** Levels of objects and arrays in one message. */
const maximumDepth = 64;

interface PlannedField {
  readonly field: JsonField;
  readonly path: JsonPath;
  readonly metric: string;
  readonly unit: string | null;
  readonly scaling: Scaling | null;
}

/** The time of a message or sample; null where it has none. */
type TimeReader = (from: unknown) => { readonly micros: Micros; readonly nanoseconds: number | null } | null;

export function jsonDecoder(profile: JsonProfile): MessageDecoder {
  const fields = profile.fields.map(planField);
  const readTime = profile.time ? timeReader(profile.time) : null;
  const timePath = profile.time ? parseJsonPath(profile.time.path) : null;
  const sequencePath = profile.sequence ? parseJsonPath(profile.sequence.path) : null;
  const devicePath = profile.device ? parseJsonPath(profile.device.path) : null;
  const refuseOthers = profile.device?.other === "quarantine";
  const samplesPath = profile.samples === undefined ? null : parseJsonPath(profile.samples);
  const others = profile.others === "readings" ? flattened(claimedPaths(profile)) : null;
  const exact =
    sequencePath !== null || profile.time?.unit === "ns" || fields.some(({ field }) => field.type === "int");

  const writeSample = (sample: unknown, subDevice: string | null, rows: MessageRows): void => {
    const time = readTime?.(sample) ?? null;
    if (time !== null) rows.time.device(time.micros, time.nanoseconds);
    else if (timePath !== null && valueAt(sample, timePath) !== undefined) {
      rows.warn(
        "unreadable-time",
        `${profile.time?.path} is no time in ${profile.time?.unit}; rows lie at arrival`,
      );
    }
    for (let index = 0; index < fields.length; index++) writeField(fields[index]!, sample, subDevice, rows);
    if (others) others(sample, subDevice, rows);
  };

  return (message: Message, rows: MessageRows) => {
    const text = decodeUtf8(message.payload);
    let root = parseJson(text);
    if (typeof root !== "object" || root === null) throw new Fault("schema", "the top level is no object");
    // Only a number that lost digits is worth reading again.
    if (exact && hasWideInteger(root)) root = parseJsonExactly(text);

    const sequence = sequencePath === null ? null : asSequence(valueAt(root, sequencePath));
    const subDevice =
      devicePath === null ? null : otherDevice(valueAt(root, devicePath), message, refuseOthers);
    if (samplesPath === null) {
      rows.identify(sequence, readTime?.(root)?.micros ?? null);
      writeSample(root, subDevice, rows);
      return;
    }
    const samples = valueAt(root, samplesPath);
    if (!Array.isArray(samples)) throw new Fault("schema", `${profile.samples} is no array`);
    rows.identify(sequence, (samples.length > 0 ? readTime?.(samples[0])?.micros : null) ?? null);
    for (const sample of samples as readonly unknown[]) {
      rows.time.arrival(0);
      writeSample(sample, subDevice, rows);
    }
  };
}

function planField(field: JsonField): PlannedField {
  const path = parseJsonPath(field.path);
  const metric =
    field.metric ?? metricOfPath(path.slice(path.findLastIndex((step) => typeof step === "string")));
  if (metric === null) throw new Error(`field "${field.path}": its last key makes no metric; state one`);
  return { field, path, metric, unit: field.unit ?? null, scaling: scalingOf(field) };
}

/** Paths that the profile reads itself, and which therefore are no "others". */
function claimedPaths(profile: JsonProfile): ReadonlySet<string> {
  const named = [profile.time?.path, profile.sequence?.path, profile.device?.path];
  const paths = [...named.filter((path) => path !== undefined), ...profile.fields.map(({ path }) => path)];
  return new Set(paths.map((path) => parseJsonPath(path).join("\n")));
}

function writeField(
  planned: PlannedField,
  sample: unknown,
  subDevice: string | null,
  rows: MessageRows,
): void {
  const { field, metric, unit } = planned;
  const value = valueAt(sample, planned.path);
  if (value === undefined) {
    if (field.required) rows.problems.add(new Fault("schema", `${field.path} is missing`));
    return;
  }
  // JSON has no NaN: encoders write null for it, and for a sensor that has nothing to say.
  if (value === null) {
    rows.missing(subDevice, metric, unit);
    return;
  }
  switch (field.type ?? "double") {
    case "double":
      if (typeof value === "number" || typeof value === "bigint") {
        const { scaling } = planned;
        rows.double(subDevice, metric, unit, scaling === null ? Number(value) : applyScaling(value, scaling));
        return;
      }
      break;
    case "int":
      if (typeof value === "bigint" || Number.isSafeInteger(value)) {
        rows.integer(subDevice, metric, unit, value as number | bigint);
        return;
      }
      break;
    case "bool":
      if (typeof value === "boolean") {
        rows.bool(subDevice, metric, value);
        return;
      }
      break;
    case "text":
      if (typeof value === "string") {
        rows.text(subDevice, metric, unit, value);
        return;
      }
      break;
  }
  rows.problems.add(
    new Fault("schema", `${field.path} is ${shown(value)}, the profile has ${field.type ?? "double"}`),
  );
}

function asSequence(value: unknown): number | bigint | null {
  return typeof value === "bigint" || Number.isSafeInteger(value) ? (value as number | bigint) : null;
}

/** The sub-device where the payload names one that isn't the sender. */
function otherDevice(claimed: unknown, message: Message, refuse: boolean): string | null {
  if (claimed === undefined || claimed === null || claimed === message.deviceId) return null;
  const name = typeof claimed === "string" ? claimed : String(claimed as number);
  if (refuse || (typeof claimed !== "string" && typeof claimed !== "number") || name.length > 255) {
    throw new Fault(
      "id-mismatch",
      `the payload says device ${shown(name)}, the sender is "${message.deviceId}"`,
    );
  }
  return name === message.deviceId ? null : name;
}

function timeReader(time: NonNullable<JsonProfile["time"]>): TimeReader {
  const path = parseJsonPath(time.path);
  const { unit } = time;
  if (unit === "iso") {
    return (from) => {
      const value = valueAt(from, path);
      // Date takes much more than RFC 3339; the zone must be stated, or the answer depends on the machine.
      if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*([Zz]|[+-]\d\d:?\d\d)$/.test(value))
        return null;
      const milliseconds = Date.parse(value);
      if (Number.isNaN(milliseconds)) return null;
      const digits = /\.(\d{1,9})/.exec(value)?.[1]?.padEnd(9, "0") ?? "000000000";
      const micros = Math.floor(milliseconds / 1_000) * 1_000_000 + Number(digits.slice(0, 6));
      return { micros, nanoseconds: Number(digits.slice(6)) || null };
    };
  }
  const scale = timeUnits[unit];
  return (from) => {
    const value = valueAt(from, path);
    if (typeof value === "number") return { micros: Math.round(value * scale), nanoseconds: null };
    if (typeof value !== "bigint") return null;
    if (unit !== "ns") return { micros: Number(value) * scale, nanoseconds: null };
    return { micros: Number(value / 1_000n), nanoseconds: Number(value % 1_000n) };
  };
}

/** Whether a number in the value is an integer that a double may have rounded. */
function hasWideInteger(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return false;
  if (depth === maximumDepth) throw new Fault("schema", `nested deeper than ${maximumDepth}`);
  if (Array.isArray(value)) return value.some((item) => hasWideInteger(item, depth + 1));
  for (const key in value)
    if (hasWideInteger((value as Record<string, unknown>)[key], depth + 1)) return true;
  return false;
}
