/** Answers that are worked out: what comes next, what stood out, what words lead to. */
import { z } from "zod";
import { insight, insightEvidence } from "../../../functions/declared-insights/question.ts";
import { count, milliseconds } from "./schema.ts";

const span = z.number().describe("Milliseconds.");

export const forecastAnswer = z.object({
  model: z.string().describe("The one that did best on the series' own past."),
  level: z.number().describe("Share of the values that the interval is to hold."),
  seasons: z.array(z.number()).describe("Values in each season, shortest first."),
  relativeError: z
    .number()
    .nullable()
    .describe(
      "In the back-test, over that of a seasonal naive forecast: below 1 is better. Null: too short for one.",
    ),
  time: z.array(milliseconds),
  point: z.array(z.number()),
  lower: z.array(z.number()),
  upper: z.array(z.number()),
});

export const anomaly = z.object({
  kind: z.enum(["spike", "shift", "stuck"]),
  from: milliseconds,
  to: milliseconds,
  peak: milliseconds.describe("Of the value that stood out most, milliseconds since 1970."),
  value: z.number().describe("What came then."),
  expected: z.number().nullable(),
  score: z.number().describe("1 and more is an anomaly."),
});

export const outlook = z
  .object({
    step: span,
    values: count.describe("Of the regular series that was judged: means of buckets."),
    forecast: forecastAnswer.nullable().describe("Null where there are too few values."),
    anomalies: z.array(anomaly),
    gaps: z.array(z.object({ from: milliseconds, milliseconds: span })),
  })
  .describe("What a series lets expect, and what stood out in it.");

export const insights = z.object({
  insights: z.array(insight),
  evidence: z
    .array(insightEvidence)
    .describe(
      "Files, by what the insights call their evidence. None for tokens of some devices: a file holds many.",
    ),
});

export const found = z.object({
  kind: z.enum(["device", "series", "profile", "insight", "quarantine"]),
  device: z.string().nullable(),
  title: z.string(),
  text: z.string().describe("What else was searched in."),
  about: z
    .object({
      device: z.string().optional(),
      metric: z.string().optional(),
      sub: z.string().nullable().optional(),
      reason: z.string().optional(),
      profile: z.string().optional(),
      insight: z.string().optional().describe("The declared name of what was found."),
      count: count
        .optional()
        .describe("Messages that were put aside for this reason; times that the insight was found."),
    })
    .describe("What leads there."),
  score: z.number(),
});

export const search = z.object({ matching: count, found: z.array(found).describe("Best first.") });
