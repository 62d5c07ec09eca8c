/** What rules tell: an alarm begins or ends. Each is told on once. */
import type { AlarmRule } from "../../functions/core/alarm-rule.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { AlarmBook } from "./alarm-book.ts";
import { alarmId } from "./alarm-id.ts";
import type { Alarm, Evidence, Subject } from "./alarm.ts";

export interface Raised {
  readonly rule: AlarmRule;
  readonly subject: Subject;
  readonly raisedAt: Micros;
  readonly value: number;
  readonly detail: string;
  readonly evidence: Evidence | null;
}

export class RuleEvents {
  readonly #book: AlarmBook;
  readonly #told: (alarm: Alarm) => void;

  /** `told` hears of each alarm when it begins and when it ends. */
  constructor(book: AlarmBook, told: (alarm: Alarm) => void) {
    this.#book = book;
    this.#told = told;
  }

  raise({ rule, subject, raisedAt, value, detail, evidence }: Raised): void {
    const { device, sub, metric } = subject;
    const alarm: Alarm = {
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
    if (this.#book.raise(alarm)) this.#told(alarm);
  }

  clear(id: string, at: Micros): void {
    const alarm = this.#book.clear(id, at);
    if (alarm !== undefined) this.#told(alarm);
  }
}
