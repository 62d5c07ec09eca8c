/** Raw binary frames by a declared layout: bytes → values → rows. */

import type { FrameColumn, FrameTable, Message } from "../model.ts";
import { Flag } from "../model.ts";
import { Fault } from "../fault.ts";
import { timeUnits, type TimeUnit } from "../normalise/time.ts";
import type { RawBinaryProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { MessageDecoder } from "./format.ts";
import { compileFrameReader } from "./raw-binary-compile.ts";
import { interpretFrameReader } from "./raw-binary-interpret.ts";
import type { FrameField, FrameLayout, FrameRepeat } from "./raw-binary-layout.ts";
import type { FieldValue, Frame, FramePlan, FrameReader, PlannedField } from "./raw-binary-plan.ts";
import { planLayout } from "./raw-binary-plan.ts";

/** Samples a second from which a layout gets a wide table of its own. */
export const wideFrom = 10;

/** The reader of a layout: compiled, or interpreted where the runtime refuses generated code. */
export function frameReader(layout: FrameLayout): { plan: FramePlan; read: FrameReader } {
  const plan = planLayout(layout);
  return { plan, read: compileFrameReader(plan) ?? interpretFrameReader(plan) };
}

/** A frame's header values by name; absent fields are left out. Throws a {@link Fault}. */
export function readFrame(layout: FrameLayout, bytes: Uint8Array): Map<string, FieldValue> {
  const { plan, read } = frameReader(layout);
  const frame = read(bytes);
  if (typeof frame === "string") throw new Fault("schema", frame);
  const values = new Map<string, FieldValue>();
  plan.fields.forEach(({ field }, index) => {
    if (frame.fields[index] !== undefined) values.set(field.name, frame.fields[index]);
  });
  plan.derived.forEach(({ derived }, index) => {
    const value = frame.fields[plan.fields.length + index];
    if (value !== undefined) values.set(derived.name, value);
  });
  return values;
}

/** Where the values of a profile's frames go. */
interface Destinations {
  readonly frames: FrameTable | null;
  readonly readings: boolean;
  /** Header fields that are the columns of the frame table, for a layout without a repeat. */
  readonly wideHeader: readonly number[];
}

/** The wide table of a profile; null where its values go to the long table alone. */
export function frameTableOf(profile: RawBinaryProfile): FrameTable | null {
  return destinations(profile, planLayout(profile.layout)).frames;
}

function destinations(profile: RawBinaryProfile, plan: FramePlan): Destinations {
  const { layout } = profile;
  const tables = profile.tables ?? ((layout.rate ?? 0) >= wideFrom ? ["frames", "readings"] : ["readings"]);
  if (!tables.includes("frames")) return { frames: null, readings: true, wideHeader: [] };
  const isAxis = ({ field }: PlannedField): boolean =>
    (field.role ?? "value") === "value" && !field.enum && !field.type.startsWith("bytes");
  const wideHeader = plan.repeat
    ? []
    : plan.fields.flatMap((planned, index) => (isAxis(planned) ? [index] : []));
  const axes = plan.repeat ? plan.repeat.fields : wideHeader.map((index) => plan.fields[index]!);
  const columns: FrameColumn[] = axes.map(({ field }) => ({ name: field.name, unit: field.unit ?? null }));
  const name = `frames_${profile.name.replaceAll("-", "_")}`;
  return { frames: { name, columns }, readings: tables.includes("readings"), wideHeader };
}

/** Microseconds and nanoseconds of a device time of the layout's unit. */
function deviceTime(
  value: FieldValue,
  unit: TimeUnit,
): { micros: number; nanoseconds: number | null } | null {
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  if (unit !== "ns") return { micros: Math.round(Number(value) * timeUnits[unit]), nanoseconds: null };
  const whole = BigInt(value);
  const micros = whole / 1_000n;
  return { micros: Number(micros), nanoseconds: Number(whole - micros * 1_000n) };
}

export function rawBinaryDecoder(profile: RawBinaryProfile): MessageDecoder {
  const { plan, read } = frameReader(profile.layout);
  const to = destinations(profile, plan);
  const wide = new Set(to.frames && !to.readings ? to.wideHeader : []);
  const writers = plan.fields.map(({ field }, index) => (wide.has(index) ? null : headerWriter(field)));
  const timeIndex = plan.fields.findIndex(({ field }) => field.role === "time");
  const sequenceIndex = plan.fields.findIndex(({ field }) => field.role === "sequence");
  const timeUnit = plan.fields[timeIndex]?.field.timeUnit ?? "ms";
  const samples = plan.repeat && sampleWriter(profile.layout.repeat!, plan, to);

  return (message: Message, rows: MessageRows) => {
    const frame = read(message.payload);
    if (typeof frame === "string") throw new Fault("schema", frame);
    if (frame.trailing > 0)
      rows.warn("trailing-bytes", `bytes behind the last field of the layout are ignored`);
    const sequence = sequenceIndex < 0 ? null : frame.fields[sequenceIndex];
    const time = timeIndex < 0 ? null : deviceTime(frame.fields[timeIndex], timeUnit);
    rows.identify(
      typeof sequence === "number" || typeof sequence === "bigint" ? sequence : null,
      time?.micros ?? null,
    );
    if (time !== null) rows.time.device(time.micros, time.nanoseconds);
    for (let index = 0; index < writers.length; index++) {
      const writer = writers[index];
      const value = frame.fields[index];
      if (writer && value !== undefined)
        writer(rows, value, frame.saturatedFields?.includes(index) ? Flag.saturated : 0);
    }
    if (to.frames && to.wideHeader.length > 0) {
      const values = to.wideHeader.map((index) => numeric(frame.fields[index]));
      rows.frame(to.frames, values, frame.saturatedFields?.length ? Flag.saturated : 0);
    }
    samples?.(rows, frame, time);
  };
}

function numeric(value: FieldValue): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

/** How a header field becomes a reading; null for fields that only serve others. */
function headerWriter(
  field: FrameField,
): ((rows: MessageRows, value: FieldValue, flags: number) => void) | null {
  if (field.role !== undefined && field.role !== "value") return null;
  const { name, type } = field;
  const unit = field.unit ?? null;
  const scaled = (field.scale ?? 1) !== 1 || (field.offset ?? 0) !== 0;
  // A plain integer without a unit is a count, a code or a flag; what has a unit is a measurement, a real number.
  const counts = !scaled && !type.startsWith("f") && (unit === null || type.endsWith("64"));
  return (rows, value, flags) => {
    if (value === null) rows.missing(null, name, unit);
    else if (typeof value === "string") rows.text(null, name, unit, value);
    else if (value instanceof Uint8Array) rows.bytes(null, name, value);
    else if (field.enum)
      rows.problems.add(new Fault("value-range", `${name}: the layout has no label for code ${value}`));
    else if (value === undefined) return;
    else if (counts) rows.integer(null, name, unit, value, flags);
    else rows.double(null, name, unit, Number(value), flags);
  };
}

function sampleWriter(repeat: FrameRepeat, plan: FramePlan, to: Destinations) {
  const { period } = repeat;
  const periodIndex =
    typeof period === "object" ? plan.fields.findIndex(({ field }) => field.name === period.field) : -1;
  const axes = repeat.fields.map(({ name, unit }) => ({ name, unit: unit ?? null }));

  return (
    rows: MessageRows,
    frame: Frame,
    time: { micros: number; nanoseconds: number | null } | null,
  ): void => {
    const { samples, saturatedSamples } = frame;
    const seconds = typeof period === "number" ? period : Number(frame.fields[periodIndex] ?? NaN);
    if (!(seconds > 0) && samples.length > 1) throw new Fault("value-range", `sample period of ${seconds} s`);
    const step = samples.length > 1 ? seconds * 1_000_000 : 0;
    const last = samples.length - 1;
    const first = time === null ? 0 : repeat.timeOf === "last" ? time.micros - last * step : time.micros;
    for (let index = 0; index <= last; index++) {
      const beforeArrival = Math.round((index - last) * step);
      if (time === null) rows.time.arrival(beforeArrival);
      else rows.time.device(Math.round(first + index * step), time.nanoseconds, beforeArrival);
      const flags = saturatedSamples?.includes(index) ? Flag.saturated : 0;
      const values = samples[index]!;
      if (to.readings) {
        for (let axis = 0; axis < axes.length; axis++) {
          const value = values[axis];
          const { name, unit } = axes[axis]!;
          if (typeof value === "number") rows.double(null, name, unit, value, flags);
          else rows.missing(null, name, unit);
        }
      }
      if (to.frames) rows.frame(to.frames, values, flags);
    }
  };
}
