/** What may be asked of the alarms' desk, by the page, programs and the command line. */
import { z } from "zod";

export const alarmStates = ["open", "unacknowledged", "all"] as const;

export const listRequest = z.object({
  state: z.enum(alarmStates, { error: `allowed: ${alarmStates.join(", ")}` }).default("all"),
  device: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const person = z.string().trim().min(1, "allowed: who it is").max(200);

export const acknowledgeRequest = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/, "allowed: the id of an alarm, 16 digits 0-9 a-f"),
  by: person,
  note: z.string().max(500, "allowed: at most 500 characters").default(""),
});

export const silenceRequest = z.strictObject({
  /** Globs. */
  rule: z.string().min(1).max(128).default("*"),
  device: z.string().min(1).max(128).default("*"),
  minutes: z.number({ error: "allowed: minutes from now" }).positive().max(527_040),
  by: person,
  reason: z.string().trim().min(1, "allowed: why nobody is to be told").max(500),
});
