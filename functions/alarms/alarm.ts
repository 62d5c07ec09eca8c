/** An alarm, from the value that raised it until nobody has to look at it any more. */
import type { AlarmRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";

/** What an alarm is about. */
export interface Subject {
  readonly device: string;
  readonly sub: string | null;
  /** Null for an alarm about the device as a whole. */
  readonly metric: string | null;
}

/** The reading that raised an alarm, and what decoded it. */
export interface Evidence {
  readonly msgId: string;
  readonly codec: string;
  readonly codecVersion: string;
}

export interface Acknowledgement {
  readonly at: Micros;
  readonly by: string;
  readonly note: string;
}

export interface Alarm extends Subject {
  /** The same for the same rule, subject and moment, whoever computes it. */
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly kind: AlarmRule["kind"];
  readonly severity: AlarmRule["severity"];
  readonly raisedAt: Micros;
  /** Null while it lasts. */
  readonly clearedAt: Micros | null;
  /** The value that raised it; for a late device the minutes of silence that do. */
  readonly value: number;
  /** In words. */
  readonly detail: string;
  /** Null where it rests on the absence of readings. */
  readonly evidence: Evidence | null;
  readonly acknowledged: Acknowledgement | null;
}

/** Alarms of matching rules and devices tell nobody until then; they are raised all the same. */
export interface Silence {
  readonly id: string;
  /** Globs. */
  readonly rule: string;
  readonly device: string;
  readonly until: Micros;
  readonly by: string;
  readonly reason: string;
}

/** An alarm, and whether nobody is told of it at the moment. */
export interface ListedAlarm extends Alarm {
  readonly silenced: boolean;
}

export interface AlarmList {
  /** Milliseconds since 1970, by the site's clock. */
  readonly now: number;
  readonly matching: number;
  /** Whatever the list was filtered by. */
  readonly open: number;
  readonly unacknowledged: number;
  readonly alarms: readonly ListedAlarm[];
  readonly silences: readonly Silence[];
}
