/** The field table of a raw binary frame, as data. */

import type { TimeUnit } from "../normalise/time.ts";

export const integerTypes = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u24",
  "i24",
  "u32",
  "i32",
  "u40",
  "i40",
  "u48",
  "i48",
  "u64",
  "i64",
] as const;
export type IntegerType = (typeof integerTypes)[number];

/** `bytes6` is six bytes as they are, `text6` six bytes of UTF-8 without the zeros and blanks that fill it up. */
export type FieldType = IntegerType | "f32" | "f64" | `bytes${number}` | `text${number}`;

export type Endian = "little" | "big";

/** A frame offset, or behind the field before. A field that is absent (`when`) takes no room. */
export type Place = number | "next";

/**
 * When a field is there: a bit of the byte at a frame offset has a value, or an earlier field of the header is read and
 * has one of the raw values.
 */
export type FieldCondition =
  | { readonly at: number; readonly bit: number; readonly is: 0 | 1 }
  | { readonly field: string; readonly is: number | readonly number[] };

export interface FrameField {
  /** lower_snake; the metric. The same name may occur again under another `when`. */
  readonly name: string;
  readonly at: Place;
  readonly type: FieldType;
  /** Default: the layout's. */
  readonly endian?: Endian;
  /**
   * Order of the 16-bit words of a number of several: `little` has the least significant word first, whatever the byte
   * order within a word is. Default: as `endian`. Modbus fixes the order of bytes and leaves that of words open.
   */
  readonly wordOrder?: Endian;
  /** Shift and width of the bits of an integer of at most 32 bits; of a signed type they are two's complement. */
  readonly bits?: readonly [shift: number, width: number];
  /** The raw number is decimal digits of four bits each, as meters and clocks have them. Other digits make a bad reading. */
  readonly bcd?: true;
  /** Value = raw × scale + offset. Defaults 1 and 0. */
  readonly scale?: number;
  readonly offset?: number;
  /** The scale by the raw value of an earlier header field, in place of `scale`: a range that the device is set to. */
  readonly scaleBy?: { readonly field: string; readonly scales: Readonly<Record<string, number>> };
  readonly unit?: string;
  /** The raw pattern (hex digits for bytes) that stands for "no reading". */
  readonly none?: number | string;
  /** Raw values at or beyond which the sensor is at its limit: the reading is flagged and uncertain. */
  readonly saturates?: readonly [low: number, high: number];
  /** Labels by raw value; other raw values are refused. */
  readonly enum?: Readonly<Record<string, string>>;
  readonly when?: FieldCondition;
  /** Default `value`. `time` counts from 1970 in `timeUnit`; `skip` is read for others to refer to but not stored. */
  readonly role?: "value" | "time" | "sequence" | "skip";
  /** For role `time`. Default `ms`. */
  readonly timeUnit?: TimeUnit;
}

/** Several samples of the same fields in one frame. */
export interface FrameRepeat {
  readonly at: Place;
  /** How often: a number, the value of a header field, or as often as the frame has room. */
  readonly count: number | { readonly field: string } | "rest";
  /** Offsets are within the sample. */
  readonly fields: readonly FrameField[];
  /** Seconds from sample to sample: a number, or the scaled value of a header field, which may be a rate in Hz instead. */
  readonly period: number | { readonly field: string; readonly is?: "rate" };
  /** Which sample the frame's time is that of. Default `first`. */
  readonly timeOf?: "first" | "last";
}

/** A value that follows from others of the frame, or of the sample. */
export interface DerivedField {
  /** lower_snake; the metric. */
  readonly name: string;
  /** `unit-quaternion`: the real part of a quaternion of length 1 from its three imaginary ones; it is not negative. */
  readonly rule: "unit-quaternion";
  /** Names of fields, all of the header or all of the repeat. */
  readonly of: readonly [string, string, string];
  readonly unit?: string;
}

export interface FrameLayout {
  readonly endian: Endian;
  /** Exact length in bytes. */
  readonly length?: number;
  /** Bytes that must be found, as hex digits. */
  readonly match?: readonly { readonly at: number; readonly hex: string }[];
  readonly fields: readonly FrameField[];
  readonly repeat?: FrameRepeat;
  readonly derived?: readonly DerivedField[];
  /** Samples a second that the device sends; from 10 on the samples get a wide table. */
  readonly rate?: number;
  /** Bytes behind the last field of a layout without `length`. Default `ignore`, with a warning. */
  readonly trailing?: "refuse" | "ignore";
}

/**
 * Which of several layouts a frame has: by the raw value of an integer that all of them have at the same place, or by its
 * length, where the device was told what to send and a frame has no other sign of it.
 */
export interface FrameVariants {
  readonly at: number | "length";
  /** Default `u8`. */
  readonly type?: IntegerType;
  /** Default `little`. */
  readonly endian?: Endian;
  readonly bits?: readonly [shift: number, width: number];
  readonly cases: readonly {
    /** lower_snake; the end of the wide table's name. */
    readonly name: string;
    readonly is: number | readonly number[];
    readonly layout: FrameLayout;
  }[];
}

/** Several frames in one message or file, back to back. */
export interface FrameStream {
  /** Bytes that each frame begins with, as hex digits: behind bytes that are no frame, the next one is looked for. */
  readonly sync?: string;
  /** Where a frame says how long it is, where the layout has no fixed `length`. */
  readonly length?: {
    readonly at: number;
    readonly type: IntegerType;
    readonly endian: Endian;
    /** Bytes of the frame beyond those that are counted. Default 0. */
    readonly plus?: number;
  };
}

/** Samples that one frame may hold, whatever its length or count field says. */
export const maximumSamples = 4_096;

/** Bytes of a type. */
export function sizeOf(type: FieldType): number {
  if (type.startsWith("bytes")) return Number(type.slice(5));
  return type.startsWith("text") ? Number(type.slice(4)) : Number(type.slice(1)) / 8;
}

/** Whether a type is no number. */
export function isOpaque(type: FieldType): boolean {
  return type.startsWith("bytes") || type.startsWith("text");
}
