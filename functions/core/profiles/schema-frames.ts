/** Schemas of profiles whose messages are bytes at places: frames and registers. */

import { z } from "zod";
import { registerTypes, type RegisterType } from "../formats/modbus-registers.ts";
import type { FrameField, FrameLayout } from "../formats/raw-binary-layout.ts";
import { integerTypes, maximumSamples } from "../formats/raw-binary-layout.ts";
import { common, endian, metric, number, timeUnit, unit } from "./schema-common.ts";

const place = z.union([z.int().min(0).max(65_535), z.literal("next")]);
const hex = z.string().regex(/^([0-9a-fA-F]{2})+$/, "allowed: hex digits, two a byte");

const fieldType = z.union([
  z.enum([...integerTypes, "f32", "f64"]),
  z
    .string()
    .regex(
      /^(bytes|text)[1-9]\d{0,3}$/,
      "allowed: an integer type, f32, f64, or bytes or text and their number",
    ),
]);
const bits = z.tuple([z.int().min(0).max(31), z.int().min(1).max(32)]);
const offset = z.int().min(0).max(65_535);

/** What a number of a frame and one of registers have in common. */
const numeric = {
  name: metric,
  bits: bits.optional(),
  bcd: z.literal(true).optional(),
  scale: number.optional(),
  offset: number.optional(),
  scaleBy: z
    .strictObject({
      field: metric,
      scales: z.record(z.string().regex(/^-?\d{1,15}$/, "allowed: raw numbers as keys"), number),
    })
    .optional(),
  unit: unit.optional(),
  none: z.union([number, z.string()]).optional(),
  saturates: z.tuple([number, number]).optional(),
  enum: z
    .record(z.string().regex(/^-?\d{1,15}$/, "allowed: raw numbers as keys"), z.string().min(1).max(64))
    .optional(),
  role: z.enum(["value", "time", "sequence", "skip"]).optional(),
  timeUnit: timeUnit.optional(),
};

const frameField = z.strictObject({
  ...numeric,
  at: place,
  type: fieldType,
  endian: endian.optional(),
  wordOrder: endian.optional(),
  when: z
    .union([
      z.strictObject({ at: offset, bit: z.int().min(0).max(7), is: z.union([z.literal(0), z.literal(1)]) }),
      z.strictObject({ field: metric, is: z.union([z.int(), z.array(z.int()).min(1).max(256)]) }),
    ])
    .optional(),
}) as z.ZodType<FrameField>;

export const modbus = z.strictObject({
  ...common,
  format: z.literal("modbus-registers"),
  firstRegister: offset.optional(),
  registerCount: z.int().min(1).max(32_768).optional(),
  wordOrder: endian.optional(),
  byteOrder: endian.optional(),
  registers: z
    .array(
      z.strictObject({
        ...numeric,
        register: offset,
        type: z.enum([...(Object.keys(registerTypes) as RegisterType[]), "text"]),
        count: z.int().min(1).max(125).optional(),
        wordOrder: endian.optional(),
      }),
    )
    .min(1)
    .max(512),
});

const reference = z.strictObject({ field: metric });

const frameLayout: z.ZodType<FrameLayout> = z.strictObject({
  endian,
  length: z.int().min(1).max(65_536).optional(),
  match: z
    .array(z.strictObject({ at: z.int().min(0).max(65_535), hex }))
    .max(16)
    .optional(),
  fields: z.array(frameField).max(512),
  repeat: z
    .strictObject({
      at: place,
      count: z.union([z.int().min(1).max(maximumSamples), reference, z.literal("rest")]),
      fields: z.array(frameField).min(1).max(64),
      period: z.union([
        z.number().positive(),
        z.strictObject({ field: metric, is: z.literal("rate").optional() }),
      ]),
      timeOf: z.enum(["first", "last"]).optional(),
    })
    .optional(),
  derived: z
    .array(
      z.strictObject({
        name: metric,
        rule: z.literal("unit-quaternion"),
        of: z.tuple([metric, metric, metric]),
        unit: unit.optional(),
      }),
    )
    .max(16)
    .optional(),
  rate: z.number().positive().optional(),
  trailing: z.enum(["refuse", "ignore"]).optional(),
}) as z.ZodType<FrameLayout>;

export const rawBinary = z.strictObject({
  ...common,
  format: z.literal("raw-binary"),
  layout: frameLayout.optional(),
  variants: z
    .strictObject({
      at: z.union([offset, z.literal("length")]),
      type: z.enum(integerTypes).optional(),
      endian: endian.optional(),
      bits: bits.optional(),
      cases: z
        .array(
          z.strictObject({
            name: metric,
            is: z.union([z.int(), z.array(z.int()).min(1).max(256)]),
            layout: frameLayout,
          }),
        )
        .min(1)
        .max(64),
    })
    .optional(),
  stream: z
    .strictObject({
      sync: hex.optional(),
      length: z
        .strictObject({ at: offset, type: z.enum(integerTypes), endian, plus: z.int().optional() })
        .optional(),
    })
    .optional(),
  file: z.strictObject({ header: z.strictObject({ hex, length: z.int().min(1).max(65_536) }) }).optional(),
  tables: z
    .array(z.enum(["frames", "readings"]))
    .min(1)
    .optional(),
});
