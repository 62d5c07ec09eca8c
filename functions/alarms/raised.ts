import type { AlarmRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import { alarmId } from "./alarm-id.ts";
import type { Alarm, Evidence, Subject } from "./alarm.ts";

/** What a rule found. */
export interface Raised {
  readonly rule: AlarmRule;
  readonly subject: Subject;
  readonly raisedAt: Micros;
  readonly value: number;
  readonly detail: string;
  readonly evidence: Evidence | null;
}

/** The alarm as it begins. */
export function newAlarm({ rule, subject, raisedAt, value, detail, evidence }: Raised): Alarm {
  const { device, sub, metric } = subject;
  return {
    id: alarmId(rule, subject, raisedAt),
    rule: rule.name,
    ruleVersion: rule.version,
    kind: rule.kind,
    severity: rule.severity,
    ...{ device, sub, metric, raisedAt, value, detail },
    clearedAt: null,
    evidence: evidence && {
      msgId: evidence.msgId,
      codec: evidence.codec,
      codecVersion: evidence.codecVersion,
    },
    acknowledged: null,
  };
}
