/** A frame layout checked and worked out: offsets, sizes and what has to hold before a field may be read. */

import { fromHex } from "../text.ts";
import { metricPattern } from "../normalise/metric.ts";
import type { FrameField, FrameLayout, Place } from "./raw-binary-layout.ts";
import { integerTypes, maximumSamples, sizeOf } from "./raw-binary-layout.ts";

export interface PlannedField {
  readonly field: FrameField;
  readonly size: number;
  readonly little: boolean;
  /** Offset in the frame (in the sample, for repeated fields); null where it depends on fields that may be absent. */
  readonly offset: number | null;
  /** Raw bytes that mean "no reading", for a field of bytes. */
  readonly noneBytes: Uint8Array | null;
  /** Labels by raw value. */
  readonly labels: ReadonlyMap<number, string> | null;
}

export interface PlannedRepeat {
  readonly offset: number | null;
  readonly fields: readonly PlannedField[];
  /** Bytes of one sample. */
  readonly stride: number;
  readonly count: number | "rest" | { readonly index: number };
}

export interface FramePlan {
  readonly layout: FrameLayout;
  readonly fields: readonly PlannedField[];
  readonly repeat: PlannedRepeat | null;
  readonly match: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** Bytes that a frame has at least. */
  readonly least: number;
}

/** Work out a layout. Throws an Error that names the field and what is allowed, for a layout that makes no sense. */
export function planLayout(layout: FrameLayout): FramePlan {
  const cursor = new Cursor();
  const fields = layout.fields.map((field) => planField(field, layout, cursor));
  const match = (layout.match ?? []).map(({ at, hex }) => {
    const bytes = fromHex(hex);
    if (bytes === null || bytes.length === 0)
      throw new Error(`layout: match at ${at}: "${hex}" is not hex digits`);
    cursor.reach(at + bytes.length);
    return { at, bytes };
  });
  const repeat = layout.repeat ? planRepeat(layout, fields, cursor) : null;
  const { length } = layout;
  if (length !== undefined && length < cursor.least) {
    throw new Error(`layout: length ${length} is shorter than its fields, which take ${cursor.least} bytes`);
  }
  return { layout, fields, repeat, match, least: length ?? cursor.least };
}

/** Follows `next` from field to field; its place is unknown (null) behind a field that may be absent. */
class Cursor {
  place: number | null = 0;
  least = 0;

  /** The offset of a field, and the place behind it. */
  advance(at: Place, size: number, optional: boolean): number | null {
    const offset = at === "next" ? this.place : at;
    this.place = offset === null || (optional && at === "next") ? null : offset + size;
    if (offset !== null && !optional) this.reach(offset + size);
    return offset;
  }

  reach(end: number): void {
    this.least = Math.max(this.least, end);
  }
}

function planField(field: FrameField, layout: FrameLayout, cursor: Cursor): PlannedField {
  const { name, type, bits, scale = 1, offset = 0, when } = field;
  const complain = (what: string): never => {
    throw new Error(`layout: field "${name}": ${what}`);
  };
  if (!metricPattern.test(name)) complain("a name is lower_snake and starts with a letter");
  const isInteger = (integerTypes as readonly string[]).includes(type);
  const isBytes = /^bytes([1-9]\d{0,3})$/.test(type);
  if (!isInteger && !isBytes && type !== "f32" && type !== "f64") complain(`there is no type "${type}"`);
  const size = sizeOf(type);
  if (field.at !== "next" && !(Number.isInteger(field.at) && field.at >= 0))
    complain("at is an offset or next");
  if (!Number.isFinite(scale) || !Number.isFinite(offset)) complain("scale and offset are finite numbers");
  if (bits) {
    const [shift, width] = bits;
    const whole = Number.isInteger(shift) && Number.isInteger(width) && shift >= 0 && width > 0;
    if (!isInteger || size > 4 || !whole || shift + width > 8 * size) {
      complain("bits are [shift, width] within an integer of at most 32 bits");
    }
  }
  if (when) {
    const { at, bit } = when;
    if (
      !Number.isInteger(at) ||
      at < 0 ||
      !Number.isInteger(bit) ||
      bit < 0 ||
      bit > 7 ||
      (when.is !== 0 && when.is !== 1)
    ) {
      complain("when is a byte offset, a bit 0-7 and what it is, 0 or 1");
    }
    cursor.reach(at + 1);
  }
  if (field.enum && (!isInteger || size > 6)) complain("enum needs an integer of at most 48 bits");
  if (field.saturates && (!isInteger || size > 6)) complain("saturates needs an integer of at most 48 bits");
  if ((field.role === "time" || field.role === "sequence") && isBytes)
    complain(`role ${field.role} needs a number`);
  const noneBytes = isBytes && field.none !== undefined ? fromHex(String(field.none)) : null;
  if (isBytes && field.none !== undefined && noneBytes?.length !== size)
    complain(`none is ${size} bytes as hex digits`);
  if (!isBytes && typeof field.none === "string" && !/^-?\d{1,20}$/.test(field.none))
    complain("none is a raw number");
  return {
    field,
    size,
    little: (field.endian ?? layout.endian) === "little",
    offset: cursor.advance(field.at, size, when !== undefined),
    noneBytes,
    labels: field.enum
      ? new Map(Object.entries(field.enum).map(([code, label]) => [Number(code), label]))
      : null,
  };
}

function planRepeat(layout: FrameLayout, header: readonly PlannedField[], cursor: Cursor): PlannedRepeat {
  const repeat = layout.repeat!;
  const sample = new Cursor();
  const fields = repeat.fields.map((field) => {
    if (field.when || field.enum || field.role || field.type.startsWith("bytes")) {
      throw new Error(
        `layout: repeated field "${field.name}": samples hold plain numbers (no when, enum, role, bytes)`,
      );
    }
    return planField(field, layout, sample);
  });
  const stride = sample.least;
  if (stride === 0) throw new Error("layout: repeat has no fields");
  const indexOf = (name: string, what: string): number => {
    const index = header.findIndex(
      ({ field }) => field.name === name && !field.when && !field.enum && !field.type.startsWith("bytes"),
    );
    if (index < 0)
      throw new Error(`layout: repeat ${what}: there is no unconditional numeric header field "${name}"`);
    return index;
  };
  const { count, period } = repeat;
  if (typeof period === "object") indexOf(period.field, "period");
  else if (!(period > 0)) throw new Error(`layout: repeat period ${period}: seconds above 0`);
  if (typeof count === "number" && !(Number.isInteger(count) && count > 0 && count <= maximumSamples)) {
    throw new Error(`layout: repeat count ${count}: 1 to ${maximumSamples}`);
  }
  const offset = cursor.advance(repeat.at, typeof count === "number" ? count * stride : 0, false);
  return {
    offset,
    fields,
    stride,
    count: typeof count === "object" ? { index: indexOf(count.field, "count") } : count,
  };
}

/** What the bytes of a frame said. Values in the order of the plan's fields. */
export interface Frame {
  /** `undefined` for an absent field, `null` for "no reading", a number under an enum for an unknown code. */
  readonly fields: readonly FieldValue[];
  readonly samples: (number | null)[][];
  /** Bytes behind the last field. */
  readonly trailing: number;
  /** Indices of header fields and of samples whose sensor was at its limit; null where the layout declares no limits. */
  readonly saturatedFields: readonly number[] | null;
  readonly saturatedSamples: readonly number[] | null;
}

export type FieldValue = number | bigint | string | Uint8Array | null | undefined;

/** Reads a frame, or says in one line why it can't be one. Never throws. */
export type FrameReader = (bytes: Uint8Array) => Frame | string;
