/** Schemas of profiles whose formats say by themselves what they measure. */

import { z } from "zod";
import { byName, common, metric, unit } from "./schema-common.ts";

export const senml = z.strictObject({
  ...common,
  format: z.enum(["senml-json", "senml-cbor"]),
  rename: z.record(z.string().min(1).max(255), metric).optional(),
  otherDevice: z.enum(["sub-device", "quarantine"]).optional(),
});

export const cayenneLpp = z.strictObject({
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

const naming = { rename: z.record(byName, metric).optional(), units: z.record(byName, unit).optional() };
export const sparkplug = z.strictObject({
  ...common,
  format: z.literal("sparkplug-b"),
  ...naming,
  unitProperty: byName.optional(),
  transient: z.enum(["keep", "drop"]).optional(),
});

export const opcUa = z.strictObject({ ...common, format: z.literal("opcua-json"), ...naming });
export const kura = z.strictObject({ ...common, format: z.literal("kura"), ...naming });
