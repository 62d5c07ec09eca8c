/** The values of one layout's frames to rows: readings, and rows of a wide table where the layout is fast. */

import type { FrameColumn, FrameTable } from "../model.ts";
import * as Flag from "../flags.ts";
import { Fault } from "../fault.ts";
import type { Instant } from "../normalise/iso-time.ts";
import { timeUnits, type TimeUnit } from "../normalise/time.ts";
import type { MessageRows } from "../rows.ts";
import { frameReader } from "./raw-binary-read.ts";
import type { FrameField, FrameLayout, FrameRepeat } from "./raw-binary-layout.ts";
import { isOpaque } from "./raw-binary-layout.ts";
import type { FieldValue, Frame, FramePlan, FrameReader } from "./raw-binary-plan.ts";

/** Samples a second from which a layout gets a wide table of its own. */
export const wideFrom = 10;

/** Where the samples of a layout go. */
export type Tables = readonly ("frames" | "readings")[];

/** Where the values of a layout's frames go. */
interface Destinations {
  readonly frames: FrameTable | null;
  readonly readings: boolean;
  /** Places of the header's values that are the columns of the frame table, for a layout without a repeat. */
  readonly wideHeader: readonly number[];
}

function destinations(table: string, plan: FramePlan, stated: Tables | undefined): Destinations {
  const { layout, fields } = plan;
  const tables = stated ?? ((layout.rate ?? 0) >= wideFrom ? ["frames", "readings"] : ["readings"]);
  if (!tables.includes("frames")) return { frames: null, readings: true, wideHeader: [] };
  const isAxis = ({ role, enum: labels, type }: FrameField): boolean =>
    (role ?? "value") === "value" && !labels && !isOpaque(type);
  const column = ({ name, unit }: { name: string; unit?: string }): FrameColumn => ({
    name,
    unit: unit ?? null,
  });
  const wideHeader: number[] = [];
  const columns: FrameColumn[] = [];
  if (plan.repeat) {
    columns.push(...plan.repeat.fields.map(({ field }) => column(field)));
    columns.push(...plan.derivedOfSample.map(({ derived }) => column(derived)));
  } else {
    fields.forEach(({ field }, index) => {
      if (!isAxis(field)) return;
      wideHeader.push(index);
      columns.push(column(field));
    });
    plan.derived.forEach(({ derived }, index) => {
      wideHeader.push(fields.length + index);
      columns.push(column(derived));
    });
  }
  return { frames: { name: table, columns }, readings: tables.includes("readings"), wideHeader };
}

/** Microseconds and nanoseconds of a device time of the layout's unit. */
function deviceTime(value: FieldValue, unit: TimeUnit): Instant | null {
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  if (unit !== "ns") return { micros: Math.round(Number(value) * timeUnits[unit]), nanoseconds: null };
  const whole = typeof value === "bigint" ? value : BigInt(Math.round(value));
  const micros = whole / 1_000n;
  return { micros: Number(micros), nanoseconds: Number(whole - micros * 1_000n) };
}

type ValueWriter = (rows: MessageRows, value: FieldValue, flags: number) => void;

export class FrameWriter {
  readonly read: FrameReader;
  readonly plan: FramePlan;
  /** The wide table; null where all values go to the long table. */
  readonly table: FrameTable | null;
  readonly #to: Destinations;
  readonly #writers: readonly (ValueWriter | null)[];
  readonly #timeIndex: number;
  readonly #sequenceIndex: number;
  readonly #timeUnit: TimeUnit;
  readonly #samples: ((rows: MessageRows, frame: Frame, time: Instant | null) => void) | null;

  /** Throws an Error for a layout that makes no sense. */
  constructor(layout: FrameLayout, table: string, tables: Tables | undefined) {
    const { plan, read } = frameReader(layout);
    this.read = read;
    this.plan = plan;
    this.#to = destinations(table, plan, tables);
    this.table = this.#to.frames;
    const wide = new Set(this.#to.frames && !this.#to.readings ? this.#to.wideHeader : []);
    const values = [
      ...plan.fields.map(({ field }) => headerWriter(field)),
      ...plan.derived.map(({ derived }) => headerWriter({ ...derived, at: "next", type: "f64" })),
    ];
    this.#writers = values.map((writer, index) => (wide.has(index) ? null : writer));
    this.#timeIndex = plan.fields.findIndex(({ field }) => field.role === "time");
    this.#sequenceIndex = plan.fields.findIndex(({ field }) => field.role === "sequence");
    this.#timeUnit = plan.fields[this.#timeIndex]?.field.timeUnit ?? "ms";
    this.#samples = layout.repeat ? sampleWriter(layout.repeat, plan, this.#to) : null;
  }

  /** Write a frame; the first of its message gives that its identity. */
  write(frame: Frame, rows: MessageRows, isFirst: boolean): void {
    const { fields } = frame;
    if (frame.trailing > 0)
      rows.warn("trailing-bytes", `bytes behind the last field of the layout are ignored`);
    const counted = this.#sequenceIndex < 0 ? null : fields[this.#sequenceIndex];
    const sequence = typeof counted === "number" || typeof counted === "bigint" ? counted : null;
    const time = this.#timeIndex < 0 ? null : deviceTime(fields[this.#timeIndex], this.#timeUnit);
    if (isFirst) rows.identify(sequence, time?.micros ?? null);
    else rows.sequence(sequence);
    if (time !== null) rows.time.device(time.micros, time.nanoseconds);
    else if (!isFirst) rows.time.arrival(0);
    const writers = this.#writers;
    const to = this.#to;
    for (let index = 0; index < writers.length; index++) {
      const writer = writers[index];
      const value = fields[index];
      if (writer && value !== undefined)
        writer(rows, value, frame.saturatedFields?.includes(index) ? Flag.saturated : 0);
    }
    if (to.frames && to.wideHeader.length > 0) {
      const values = to.wideHeader.map((index) => numeric(fields[index]));
      rows.frame(to.frames, values, frame.saturatedFields?.length ? Flag.saturated : 0);
    }
    if (this.#samples !== null) this.#samples(rows, frame, time);
  }
}

function numeric(value: FieldValue): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

/** How a header field becomes a reading; null for fields that only serve others. */
function headerWriter(field: FrameField): ValueWriter | null {
  if (field.role !== undefined && field.role !== "value") return null;
  const { name, type } = field;
  const unit = field.unit ?? null;
  const scaled = (field.scale ?? 1) !== 1 || (field.offset ?? 0) !== 0 || field.scaleBy !== undefined;
  // A plain integer without a unit is a count, a code or a flag; what has a unit is a measurement, a real number.
  const counts = !scaled && !type.startsWith("f") && (unit === null || type.endsWith("64"));
  return (rows, value, flags) => {
    if (value === null) rows.missing(null, name, unit);
    else if (typeof value === "string") rows.text(null, name, unit, value);
    else if (value instanceof Uint8Array) rows.bytes(null, name, value);
    else if (field.enum)
      rows.problems.add(new Fault("value-range", `${name}: the layout has no label for code ${value}`));
    else if (value === undefined) return;
    else if (counts && !Number.isNaN(value)) rows.integer(null, name, unit, value, flags);
    else rows.double(null, name, unit, Number(value), flags);
  };
}

function sampleWriter(repeat: FrameRepeat, plan: FramePlan, to: Destinations) {
  const { period } = repeat;
  const from = typeof period === "object" ? period : null;
  const periodIndex = plan.fields.findIndex(({ field }) => field.name === from?.field);
  const axes = [...repeat.fields, ...plan.derivedOfSample.map(({ derived }) => derived)].map(
    ({ name, unit }) => ({
      name,
      unit: unit ?? null,
    }),
  );

  return (rows: MessageRows, frame: Frame, time: Instant | null): void => {
    const { samples, saturatedSamples } = frame;
    const stated = Number(from ? frame.fields[periodIndex] : period);
    if (!(stated > 0) && samples.length > 1)
      throw new Fault("value-range", `sample period or rate of ${stated}`);
    const seconds = from?.is ? 1 / stated : stated;
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
