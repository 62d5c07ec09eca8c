/** Answers about alarms. */
import { z } from "zod";
import { count, microseconds, milliseconds } from "./schema.ts";

export const alarm = z.object({
  id: z.string().describe("The same for the same rule, subject and moment."),
  rule: z.string(),
  ruleVersion: count,
  kind: z.enum(["limit", "late", "anomaly"]),
  severity: z.enum(["info", "warning", "critical"]),
  device: z.string(),
  sub: z.string().nullable(),
  metric: z.string().nullable().describe("Null for an alarm about the device as a whole."),
  raisedAt: microseconds,
  clearedAt: microseconds.nullable().describe("Null while it lasts."),
  value: z.number().describe("That raised it; for a late device the minutes of silence that do."),
  detail: z.string().describe("In words."),
  evidence: z
    .object({ msgId: z.string(), codec: z.string(), codecVersion: z.string() })
    .nullable()
    .describe("The message that raised it; null where it rests on the absence of messages."),
  acknowledged: z.object({ at: microseconds, by: z.string(), note: z.string() }).nullable(),
});

export const silence = z.object({
  id: z.string(),
  rule: z.string().describe("Glob on names of rules."),
  device: z.string().describe("Glob on ids of devices."),
  until: microseconds,
  by: z.string(),
  reason: z.string(),
});

export const alarms = z.object({
  now: milliseconds,
  matching: count,
  open: count.describe("Whatever the list was filtered by."),
  unacknowledged: count.describe("Whatever the list was filtered by."),
  alarms: z.array(alarm.extend({ silenced: z.boolean().describe("Nobody is told of it at the moment.") })),
  silences: z.array(silence).describe("None for tokens of some devices."),
});
