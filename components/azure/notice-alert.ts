import { alarmMember } from "../../functions/azure-agreements.ts";
import type { LogAlert } from "./log-alert.ts";
import { metricsOf } from "./trace-lines.ts";

const a = `m.${alarmMember}`;

/** Columns by which a receiver may sort, and where a notice says them. */
const columns = {
  id: `tostring(${a}.id)`,
  device: `tostring(${a}.device)`,
  rule: `tostring(${a}.rule)`,
  severity: `tostring(${a}.severity)`,
  event: `iff(tobool(${a}.isOver), "cleared", "raised")`,
} as const;

/** Each notice that a function writes to its trace is an event of its own; that an alarm is over is a notice, too. */
export function noticeAlert(environment: string): LogAlert {
  const projected = Object.entries(columns).map(([name, value]) => `${name} = ${value}`);
  return {
    title: "alarms",
    description: "A rule of fieldlake:alarms raised an alarm, or one is over",
    query: `${metricsOf(environment)} | where isnotnull(${a}) | project TimeGenerated, ${projected.join(", ")}, notice = tostring(m.notice)`,
    periods: 1,
    dimensions: Object.keys(columns),
    of: "event",
  };
}
