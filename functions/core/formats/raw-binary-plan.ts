/** A frame layout checked and worked out: offsets, sizes and what has to hold before a field may be read. */

import { fromHex } from "../text.ts";
import { scalingOf, type Scaling } from "../normalise/scaling.ts";
import type { DerivedField, FrameField, FrameLayout, Place } from "./raw-binary-layout.ts";
import { isOpaque, sizeOf } from "./raw-binary-layout.ts";

/** When a field is there, worked out. */
export type PlannedCondition =
  | { readonly at: number; readonly bit: number; readonly is: 0 | 1 }
  | { readonly index: number; readonly is: readonly number[] };

export interface PlannedField {
  readonly field: FrameField;
  readonly size: number;
  /** Offsets of the bytes within the field, the most significant first. */
  readonly bytes: readonly number[];
  /** Whether a DataView reads a float of these bytes, and in which order; null where none does. */
  readonly little: boolean | null;
  /** Offset in the frame (in the sample, for repeated fields); null where it depends on fields that may be absent. */
  readonly offset: number | null;
  readonly when: PlannedCondition | null;
  /** Scalings by the raw value of the header field at an index. */
  readonly scaleBy: { readonly index: number; readonly scalings: ReadonlyMap<number, Scaling> } | null;
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

/** A derived value and the places of those that it follows from. */
export interface PlannedDerived {
  readonly derived: DerivedField;
  readonly of: readonly number[];
}

export interface FramePlan {
  readonly layout: FrameLayout;
  readonly fields: readonly PlannedField[];
  readonly repeat: PlannedRepeat | null;
  /** Of header fields, and of the fields of a sample. */
  readonly derived: readonly PlannedDerived[];
  readonly derivedOfSample: readonly PlannedDerived[];
  readonly match: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** Header fields whose raw values others refer to. */
  readonly referenced: ReadonlySet<number>;
  /** Bytes that a frame has at least. */
  readonly least: number;
}

/** What is wrong with a field of a layout. */
export function complaint({ name }: { readonly name: string }, what: string): Error {
  return new Error(`layout: field "${name}": ${what}`);
}

/**
 * Work out a layout that `checkLayout` has taken. Throws an Error that names the field and what is allowed, where fields
 * don't fit together.
 */
export function planLayout(layout: FrameLayout): FramePlan {
  const cursor = new Cursor();
  const fields: PlannedField[] = [];
  const referenced = new Set<number>();
  for (const field of layout.fields) fields.push(planField(field, layout, cursor, fields, referenced));
  const match = (layout.match ?? []).map(({ at, hex }) => {
    const bytes = fromHex(hex);
    CHECKED: if (bytes === null || bytes.length === 0)
      throw new Error(`layout: match at ${at}: "${hex}" is not hex digits`);
    cursor.reach(at + bytes.length);
    return { at, bytes };
  });
  const repeat = layout.repeat ? planRepeat(layout, fields, cursor, referenced) : null;
  const { length } = layout;
  CHECKED: if (length !== undefined && length < cursor.least) {
    throw new Error(`layout: length ${length} is shorter than its fields, which take ${cursor.least} bytes`);
  }
  const derived: PlannedDerived[] = [];
  const derivedOfSample: PlannedDerived[] = [];
  for (const rule of layout.derived ?? []) {
    const inSample = repeat?.fields.some(({ field }) => field.name === rule.of[0]) ?? false;
    const of = placesOf(rule, inSample ? repeat!.fields : fields);
    (inSample ? derivedOfSample : derived).push({ derived: rule, of });
  }
  const least = length ?? cursor.least;
  return { layout, fields, repeat, derived, derivedOfSample, match, referenced, least };
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

/** Bytes of a number, the most significant first, by the order of bytes in a word and of words. */
function significance(field: FrameField, layout: FrameLayout, size: number): number[] {
  const endian = field.endian ?? layout.endian;
  const natural = Array.from({ length: size }, (_, index) => index);
  if (endian === "little") natural.reverse();
  if ((field.wordOrder ?? endian) === endian) return natural;
  return Array.from({ length: size }, (_, index) => natural[size - 2 - (index & ~1) + (index & 1)]!);
}

function isEvery(bytes: readonly number[], expected: (index: number) => number): boolean {
  return bytes.every((place, index) => place === expected(index));
}

function planField(
  field: FrameField,
  layout: FrameLayout,
  cursor: Cursor,
  header: readonly PlannedField[],
  referenced: Set<number>,
): PlannedField {
  const { type, when, scaleBy } = field;
  const size = sizeOf(type);
  const bytes = significance(field, layout, size);
  const refer = (name: string): number => {
    const index = header.findIndex(
      ({ field: other }) => other.name === name && /^[ui]\d/.test(other.type) && sizeOf(other.type) <= 6,
    );
    if (index < 0)
      throw complaint(field, `there is no integer "${name}" of at most 48 bits before it in the header`);
    referenced.add(index);
    return index;
  };
  let condition: PlannedCondition | null = null;
  if (when && "at" in when) {
    cursor.reach(when.at + 1);
    condition = when;
  } else if (when) {
    condition = { index: refer(when.field), is: typeof when.is === "number" ? [when.is] : when.is };
  }
  const { offset: added = 0 } = field;
  return {
    field,
    size,
    bytes,
    little: isEvery(bytes, (index) => index)
      ? false
      : isEvery(bytes, (index) => size - 1 - index)
        ? true
        : null,
    offset: cursor.advance(field.at, size, when !== undefined),
    when: condition,
    scaleBy: scaleBy
      ? {
          index: refer(scaleBy.field),
          scalings: new Map(
            Object.entries(scaleBy.scales).map(([raw, scale]) => [
              Number(raw),
              scalingOf({ scale, offset: added }) ?? { divisor: null, factor: 1, offset: 0 },
            ]),
          ),
        }
      : null,
    noneBytes: type.startsWith("bytes") && field.none !== undefined ? fromHex(String(field.none)) : null,
    labels: field.enum
      ? new Map(Object.entries(field.enum).map(([code, label]) => [Number(code), label]))
      : null,
  };
}

/** The places of the fields that a derived value follows from. */
function placesOf(derived: DerivedField, fields: readonly PlannedField[]): number[] {
  return derived.of.map((name) => {
    const index = fields.findIndex(
      ({ field }) => field.name === name && !field.enum && !isOpaque(field.type),
    );
    if (index < 0) throw complaint(derived, `there is no number "${name}" that it could be derived from`);
    return index;
  });
}

function planRepeat(
  layout: FrameLayout,
  header: readonly PlannedField[],
  cursor: Cursor,
  referenced: Set<number>,
): PlannedRepeat {
  const repeat = layout.repeat!;
  const sample = new Cursor();
  const fields = repeat.fields.map((field) => {
    return planField(field, layout, sample, header, referenced);
  });
  const stride = sample.least;
  const indexOf = (name: string, what: string): number => {
    const index = header.findIndex(
      ({ field }) => field.name === name && !field.when && !field.enum && !isOpaque(field.type),
    );
    CHECKED: if (index < 0)
      throw new Error(`layout: repeat ${what}: there is no unconditional numeric header field "${name}"`);
    return index;
  };
  const { count, period } = repeat;
  if (typeof period === "object") indexOf(period.field, "period");
  const offset = cursor.advance(repeat.at, typeof count === "number" ? count * stride : 0, false);
  return {
    offset,
    fields,
    stride,
    count: typeof count === "object" ? { index: indexOf(count.field, "count") } : count,
  };
}

/** What the bytes of a frame said. Values in the order of the plan's fields, behind them its derived values. */
export interface Frame {
  /** `undefined` for an absent field, `null` for "no reading", a number under an enum for an unknown code. */
  readonly fields: FieldValue[];
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
