import type { LateRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import type { Raised } from "./raised.ts";

const microsPerMinute = 60_000_000;

/** How long a rule waits for a word. */
export const patienceOf = ({ minutes }: LateRule): Micros => minutes * microsPerMinute;

/** What a rule finds of a device that was not heard for that long. @param heard the last word, or what counts as one */
export const lateness = (rule: LateRule, device: string, heard: Micros): Raised => ({
  rule,
  subject: { device, sub: null, metric: null },
  raisedAt: Math.round(heard + patienceOf(rule)),
  value: rule.minutes,
  detail: `nothing heard for ${rule.minutes} minutes`,
  evidence: null,
});
