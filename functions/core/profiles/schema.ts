/**
 * The schema of device profiles: checked when an environment is composed and in tests, never while decoding, so that
 * no validator is in a bundle. `validateProfile` also compiles the profile, which checks what a schema can't say.
 */

import { z } from "zod";
import { Births } from "../births.ts";
import { identityRules } from "../dedupe.ts";
import { treePathPattern } from "../formats/mapping-path.ts";
import type { FrameField, FrameLayout } from "../formats/raw-binary-layout.ts";
import { integerTypes, maximumSamples } from "../formats/raw-binary-layout.ts";
import { frameTableOf } from "../formats/raw-binary.ts";
import { metricPattern } from "../normalise/metric.ts";
import { isKnownUnit } from "../normalise/units.ts";
import { reservedFrameColumns } from "../table.ts";
import { statusProfile } from "./builtin.ts";
import { compileProfile } from "./compile.ts";
import type { Profile } from "./profile.ts";

const metric = z
  .string()
  .regex(metricPattern, "allowed: lower_snake, a letter first, at most 128 characters");
const unit = z
  .string()
  .refine(isKnownUnit, "allowed: a SenML unit symbol of IANA's registry, for example Cel, m/s2, %RH");
const path = z.string().max(500).regex(treePathPattern, 'allowed: keys joined by ".", array places as [n]');
const timeUnit = z.enum(["s", "ms", "us", "ns"]);
const number = z.number();
const place = z.union([z.int().min(0).max(65_535), z.literal("next")]);
const hex = z.string().regex(/^([0-9a-fA-F]{2})+$/, "allowed: hex digits, two a byte");

const common = {
  name: z
    .string()
    .max(48)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "allowed: kebab-case, for example wearable-imu")
    .refine(
      (name) => name !== statusProfile.name,
      `"${statusProfile.name}" is the built-in profile of the status topic`,
    ),
  version: z.string().regex(/^\d+(\.\d+){0,2}$/, "allowed: numbers joined by dots, for example 1 or 2.1"),
  description: z.string().min(1).max(500),
  identity: z.enum(identityRules).optional(),
};

const mappedField = z.strictObject({
  path,
  metric: metric.optional(),
  unit: unit.optional(),
  type: z.enum(["double", "int", "bool", "text", "bytes"]).optional(),
  scale: number.optional(),
  offset: number.optional(),
  none: z.union([number, z.string(), z.array(z.union([number, z.string()])).max(16)]).optional(),
  required: z.boolean().optional(),
});

const mapping = {
  time: z
    .strictObject({
      path,
      and: path.optional(),
      unit: z.union([timeUnit, z.literal("iso"), z.literal("pattern")]),
      pattern: z.string().max(100).optional(),
      zone: z.string().max(6).optional(),
    })
    .optional(),
  sequence: z.strictObject({ path }).optional(),
  device: z.strictObject({ path, other: z.enum(["sub-device", "quarantine"]) }).optional(),
  samples: path.optional(),
  fields: z.array(mappedField).max(1_000),
  others: z.enum(["ignore", "readings"]).optional(),
};

const documents = z.strictObject({
  ...common,
  format: z.enum(["json", "ndjson", "cbor", "messagepack"]),
  ...mapping,
});

const csv = z.strictObject({
  ...common,
  format: z.literal("csv"),
  ...mapping,
  delimiter: z.enum([",", ";", "\t", "|"]).optional(),
  columns: z.array(z.string().min(1).max(255)).min(1).max(4_096).optional(),
  header: z.boolean().optional(),
  skip: z.int().min(0).max(1_000).optional(),
  comment: z.string().min(1).max(8).optional(),
  decimal: z.enum([".", ","]).optional(),
  encoding: z.enum(["utf-8", "windows-1252"]).optional(),
});

const senml = z.strictObject({
  ...common,
  format: z.enum(["senml-json", "senml-cbor"]),
  rename: z.record(z.string().min(1).max(255), metric).optional(),
  otherDevice: z.enum(["sub-device", "quarantine"]).optional(),
});

const cayenneLpp = z.strictObject({
  ...common,
  format: z.literal("cayenne-lpp"),
  rename: z
    .record(
      z.string().regex(/^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/, "allowed: a channel number, 0 to 255"),
      metric,
    )
    .optional(),
  unixTimeIsEventTime: z.boolean().optional(),
});

const byName = z.string().min(1).max(255);
const sparkplug = z.strictObject({
  ...common,
  format: z.literal("sparkplug-b"),
  rename: z.record(byName, metric).optional(),
  units: z.record(byName, unit).optional(),
  unitProperty: byName.optional(),
  transient: z.enum(["keep", "drop"]).optional(),
});

const fieldType = z.union([
  z.enum([...integerTypes, "f32", "f64"]),
  z.string().regex(/^bytes[1-9]\d{0,3}$/, "allowed: an integer type, f32, f64, or bytes and their number"),
]);

const frameField: z.ZodType<FrameField> = z.strictObject({
  name: metric,
  at: place,
  type: fieldType,
  endian: z.enum(["little", "big"]).optional(),
  bits: z.tuple([z.int().min(0).max(31), z.int().min(1).max(32)]).optional(),
  scale: number.optional(),
  offset: number.optional(),
  unit: unit.optional(),
  none: z.union([number, z.string()]).optional(),
  saturates: z.tuple([number, number]).optional(),
  enum: z
    .record(z.string().regex(/^-?\d{1,15}$/, "allowed: raw numbers as keys"), z.string().min(1).max(64))
    .optional(),
  when: z
    .strictObject({
      at: z.int().min(0).max(65_535),
      bit: z.int().min(0).max(7),
      is: z.union([z.literal(0), z.literal(1)]),
    })
    .optional(),
  role: z.enum(["value", "time", "sequence", "skip"]).optional(),
  timeUnit: timeUnit.optional(),
}) as z.ZodType<FrameField>;

const reference = z.strictObject({ field: metric });

const frameLayout: z.ZodType<FrameLayout> = z.strictObject({
  endian: z.enum(["little", "big"]),
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
      period: z.union([z.number().positive(), reference]),
      timeOf: z.enum(["first", "last"]).optional(),
    })
    .optional(),
  rate: z.number().positive().optional(),
  trailing: z.enum(["refuse", "ignore"]).optional(),
}) as z.ZodType<FrameLayout>;

const rawBinary = z.strictObject({
  ...common,
  format: z.literal("raw-binary"),
  layout: frameLayout,
  tables: z
    .array(z.enum(["frames", "readings"]))
    .min(1)
    .optional(),
});

/** A device profile. */
export const profileSchema = z.discriminatedUnion("format", [
  documents,
  csv,
  senml,
  cayenneLpp,
  sparkplug,
  rawBinary,
]) as unknown as z.ZodType<Profile>;

/**
 * A profile from data.
 * Throws an Error that lists every mistake with its place, the value and what is allowed.
 * @param source what to call the data in the error, for example its file
 */
export function validateProfile(data: unknown, source: string): Profile {
  const result = profileSchema.safeParse(data);
  if (!result.success) {
    const mistakes = result.error.issues.map(
      ({ path: where, message }) => `  ${where.join(".") || "profile"}: ${message}`,
    );
    throw new Error(`${source} is no device profile:\n${mistakes.join("\n")}`);
  }
  const profile = result.data;
  try {
    compileProfile(profile, { births: new Births(), gunzip: () => null });
    if (profile.format === "raw-binary") checkColumns(profile.name, frameTableOf(profile)?.columns ?? []);
  } catch (thrown) {
    throw new Error(`${source}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return profile;
}

function checkColumns(profile: string, columns: readonly { readonly name: string }[]): void {
  const names = columns.map(({ name }) => name);
  const bad = names.find(
    (name, index) => reservedFrameColumns.includes(name) || names.indexOf(name) !== index,
  );
  if (bad !== undefined) {
    throw new Error(
      `profile "${profile}": field "${bad}" can't be a column of the frame table: it is reserved or there twice`,
    );
  }
}
