import type { Micros } from "../core/model.ts";
import type { Evidence, Subject } from "./alarm.ts";

/** Alarms are about the present: what is older is history, also where it comes in today. */
export const youngest: Micros = 86_400_000_000;

/**
 * A time further ahead of its arrival than that is no present either, but a clock that is wrong: judged, it would make
 * history of everything that follows.
 */
export const furthestAhead: Micros = 600_000_000;

/** A good number that rules look at. */
export interface AlarmReading extends Subject, Evidence {
  readonly metric: string;
  /** Event time. */
  readonly time: Micros;
  readonly value: number;
}
