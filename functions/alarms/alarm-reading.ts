import type { Micros } from "../core/model.ts";
import type { Evidence, Subject } from "./alarm.ts";

/** A good number that rules look at. */
export interface AlarmReading extends Subject, Evidence {
  readonly metric: string;
  /** Event time. */
  readonly time: Micros;
  readonly value: number;
}
