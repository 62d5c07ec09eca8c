/** Answers about what lies in the lake, and answers of SQL. */
import { z } from "zod";
import { bytes, count, milliseconds } from "./schema.ts";

const zone = z.enum(["raw", "curated", "quarantine"]);

export const pipelineStats = z
  .object({
    messages: count.describe("Messages taken from the log."),
    rows: count,
    frames: count,
    quarantined: count,
    duplicates: count,
  })
  .describe("Counters that never go down while the data folder lives.");

export const logStats = z.object({
  appended: count,
  bytes,
  segments: count,
  lag: count.describe("Records committed and not yet released."),
  tornTail: count.describe("Records lost to a torn tail that was never acknowledged, or to damage."),
  damaged: count,
});

export const lakeFile = z.object({
  zone,
  path: z.string().describe("Relative to the lake's folder."),
  bytes,
  rows: count.nullable().describe("Null in the raw zone, and in a cloud."),
  from: milliseconds
    .nullable()
    .describe(
      "Oldest row, milliseconds since 1970; null in the raw zone. In a cloud the beginning of its hour.",
    ),
  to: milliseconds.describe(
    "Newest row or message, milliseconds since 1970. In a cloud the end of its hour.",
  ),
});

export const lake = z.object({
  zones: z
    .array(z.object({ zone, files: count, bytes }))
    .describe("In a cloud without the raw zone, which its API has no right to."),
  tables: z.array(
    z.object({ table: z.string(), files: count, rows: count.nullable().describe("Null in a cloud."), bytes }),
  ),
  days: z
    .array(z.object({ table: z.string(), day: z.iso.date(), files: count, bytes }))
    .optional()
    .describe("In a cloud: of the days that were counted, newest first, the first 1,000."),
  since: z.iso
    .date()
    .nullable()
    .optional()
    .describe(
      "In a cloud: days before it were not counted, because there are too many files; null: all were.",
    ),
  pipeline: pipelineStats.nullable().describe("Null in a cloud."),
  files: z.array(lakeFile).describe("The newest 200."),
  log: logStats.nullable(),
});

export const quarantineItem = z.object({
  id: z.string(),
  received: milliseconds,
  device: z.string(),
  channel: z.string(),
  reason: z.string(),
  detail: z.string(),
  codec: z.string(),
  codecVersion: z.string(),
  payload: z.string().describe("Hex, at most 64 KiB."),
});

export const quarantine = z
  .object({
    entries: z.array(quarantineItem),
    next: z.string().nullable().describe("`before` of the next page; null on the last."),
    reasons: z
      .array(z.object({ reason: z.string(), count }))
      .describe("Of all entries, largest first; on the first page only."),
  })
  .describe("Newest first.");

export const schema = z
  .object({
    tables: z.array(
      z.object({
        name: z.string(),
        columns: z.array(z.object({ name: z.string(), type: z.string().describe("DuckDB's name of it.") })),
      }),
    ),
  })
  .describe("The views that a query may name.");

export const queryAnswer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string().describe("DuckDB's name of it.") })),
  rows: z
    .array(z.array(z.unknown()))
    .describe("64-bit integers and timestamps as text (ISO 8601, UTC), blobs as hex."),
  truncated: z.boolean().describe("True where `maxRows`, or 4 MB, cut the answer."),
  milliseconds: z.number().describe("That the lake took."),
  range: z
    .object({
      from: milliseconds,
      to: milliseconds.nullable().describe("Null: whatever came since."),
    })
    .optional()
    .describe("In a cloud: the time whose rows were looked at. Absent: of all times."),
  leftOut: z
    .array(z.string())
    .optional()
    .describe("In a cloud: damaged files of that time, whose rows the answer lacks. Absent: none."),
});
