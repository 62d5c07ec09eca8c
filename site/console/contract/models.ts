/** Answers about learned models and what they tell of devices. */
import { z } from "zod";
import { count, milliseconds } from "./schema.ts";

const hash = z.string().describe("SHA-256, hexadecimal.");

export const score = z.object({
  time: milliseconds.describe("Of the window's last sample, milliseconds since 1970."),
  label: z.string(),
  share: z.number().nullable().describe("Of the trees that tell the label, 0 to 1."),
});

export const model = z.object({
  name: z.string(),
  sha256: hash.describe("Of the model's file: its version."),
  labels: z.array(z.string()),
  devices: z.string().describe("Glob on the ids of the devices that it scores."),
  table: z.string(),
  metrics: z
    .object({ label: z.string(), share: z.string(), shares: z.array(z.string()) })
    .describe("What its scores are called in readings; `shares` in the order of the labels."),
  facts: z
    .object({
      window: milliseconds.describe("Of a window's samples, milliseconds."),
      step: milliseconds.describe("From one window to the next, milliseconds."),
      trees: count,
      evaluation: z
        .object({
          confusion: z
            .array(z.array(count))
            .describe("Windows by true label and by the one that was told, in the order of the labels."),
          windows: count,
          rightWindows: count,
          runs: count,
          rightRuns: count.describe("Stretches of which most windows were told right."),
          folds: count,
        })
        .describe("On stretches that the judged forest had not seen."),
      lineage: z.object({
        source: z.string(),
        sha256: hash.describe("Of the labelled samples."),
        samples: count,
        runs: count,
        codecs: z.array(z.string()),
        seed: z.number(),
      }),
    })
    .nullable()
    .describe("What the model's file says; null while it has not been opened."),
  windows: count
    .nullable()
    .describe("Scored since the site started; null in a cloud, whose functions keep no count."),
  lookedUpTo: milliseconds
    .nullable()
    .describe(
      "Arrivals up to then have been looked at; null in a cloud, which scores each file when it lands.",
    ),
  trouble: z
    .string()
    .nullable()
    .describe("Why it does not score; null for tokens of some devices, and in a cloud, whose alarms tell."),
  scores: z
    .array(z.object({ device: z.string(), recent: z.array(score).describe("Oldest first.") }))
    .describe("Of the last day, by device."),
});

export const models = z.object({ now: milliseconds, models: z.array(model) });
