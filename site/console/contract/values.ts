/** Answers about measured values. */
import { z } from "zod";
import { count, milliseconds } from "./schema.ts";

export const rate = z
  .object({
    minutes: z.array(milliseconds).describe("Start of each minute, ascending; the last one still runs."),
    rows: z.array(count),
  })
  .describe("Rows per minute of arrival; minutes without rows are 0.");

export const busiest = z.object({
  device: z.string().nullable().describe("Which sent most rows lately; null where there is none."),
});

export const latestValue = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("double"), value: z.number() }),
    z.object({
      kind: z.literal("int"),
      value: z.string().describe("As text, because a double can't hold 64 bits."),
    }),
    z.object({ kind: z.literal("bool"), value: z.boolean() }),
    z.object({
      kind: z.literal("text"),
      value: z
        .string()
        .describe("At most 200 characters; also a double that is no number: `NaN`, `Infinity`."),
    }),
    z.object({
      kind: z.literal("bytes"),
      value: z.string().describe("The first 32 bytes as hex."),
      length: count,
    }),
    z.object({ kind: z.literal("none") }).describe("The reading is bad: there is none."),
  ])
  .describe("A value as the lake holds it.");

export const latestRow = z.object({
  device: z.string(),
  sub: z.string().nullable(),
  metric: z.string(),
  time: milliseconds,
  value: latestValue,
  unit: z.string().nullable(),
  quality: z.number().int().describe("0 good, 1 uncertain, 2 bad, 3 stale."),
});

export const latest = z.object({ matching: count, rows: z.array(latestRow) });

export const metric = z
  .object({
    table: z.string().describe("`readings`, or the wide table it is a column of."),
    sub: z.string().nullable(),
    metric: z.string(),
    unit: z.string().nullable(),
    from: milliseconds.describe("Oldest value, milliseconds since 1970."),
    to: milliseconds.describe("Newest value, milliseconds since 1970."),
    values: count,
    kind: z.enum(["number", "boolean", "other"]).describe("`other`: text or bytes, which have no plot."),
  })
  .describe("One plottable or textual series of a device.");

export const metrics = z.object({ device: z.string(), metrics: z.array(metric) });

export const series = z
  .object({
    from: milliseconds,
    to: milliseconds,
    bucket: z.number().describe("Width of a bucket, milliseconds."),
    values: count.describe("Values in the range."),
    time: z.array(milliseconds).describe("Mean time of the bucket's values, ascending."),
    min: z.array(z.number()),
    max: z.array(z.number()),
    mean: z.array(z.number()),
  })
  .describe("One bucket an entry, empty ones left out.");
