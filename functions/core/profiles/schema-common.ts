/** What the schemas of all kinds of profiles share. */

import { z } from "zod";
import { identityRules } from "../dedupe.ts";
import { treePathPattern } from "../formats/mapping-path.ts";
import { metricPattern } from "../normalise/metric.ts";
import { statusProfile } from "./builtin.ts";

export const metric = z
  .string()
  .regex(metricPattern, "allowed: lower_snake, a letter first, at most 128 characters")
  .describe("What was measured, as the lake names it");
/** An unknown symbol is a warning of the profile's check: the registry grows, and sensors measure what it does not have. */
export const unit = z
  .string()
  .regex(/^\S{1,32}$/, "allowed: a unit symbol without blanks")
  .describe("SenML unit symbol of IANA's registry, for example Cel, m/s2, %RH");
export const path = z
  .string()
  .max(500)
  .regex(treePathPattern, 'allowed: keys joined by ".", array places as [n]')
  .describe("Keys joined by dots, array places as [n]");
export const timeUnit = z.enum(["s", "ms", "us", "ns"]);
export const number = z.number();
export const byName = z.string().min(1).max(255);
export const endian = z.enum(["little", "big"]);

export const common = {
  $schema: z.string().optional(),
  name: z
    .string()
    .max(48)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "allowed: kebab-case, for example wearable-imu")
    .refine(
      (name) => name !== statusProfile.name,
      `"${statusProfile.name}" is the built-in profile of the status topic`,
    )
    .describe("Name of the profile and of its folder; the codec of its rows"),
  version: z
    .string()
    .regex(/^\d+(\.\d+){0,2}$/, "allowed: numbers joined by dots, for example 1 or 2.1")
    .describe("To be raised with every change that decodes the same bytes differently"),
  description: z.string().min(1).max(500),
  identity: z
    .enum(identityRules)
    .optional()
    .describe("What makes two messages of a device the same message; default derived"),
};
