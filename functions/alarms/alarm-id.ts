import { createHash } from "node:crypto";
import type { AlarmRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import type { Subject } from "./alarm.ts";

/** The same for the same rule, subject and moment, whoever computes it. */
export function alarmId(rule: AlarmRule, { device, sub, metric }: Subject, raisedAt: Micros): string {
  const parts = [rule.name, rule.version, device, sub, metric, raisedAt];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
