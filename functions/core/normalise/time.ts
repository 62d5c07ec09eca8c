/** Where a row lies in time, and how far that time is to be trusted (docs/architecture.md, "Rows"). */

import type { Lane, Micros } from "../model.ts";
import * as Flag from "../flags.ts";

/** The window around arrival inside which a live device's clock is believed. Microseconds. */
export interface TimeWindow {
  /** How far in the past. Default 7 days. */
  readonly past: Micros;
  /** How far in the future. Default 10 minutes. */
  readonly future: Micros;
}

const second = 1_000_000;

export const defaultTimeWindow: TimeWindow = { past: 7 * 86_400 * second, future: 600 * second };

/** 2015-01-01T00:00:00Z. A clock before it was never set: devices start at 1970, 1980 (GPS) or 2000. */
export const clockUnsetBefore: Micros = 1_420_070_400 * second;

/** Microseconds beyond which a double can't count them; a device that claims more has no usable clock. */
const furthest = Number.MAX_SAFE_INTEGER;

/**
 * The event time of the rows being written, by the rules of the readings table. Reused from row to row:
 * `device` or `arrival` sets the fields, rows copy them.
 */
export class EventTime {
  ts: Micros = 0;
  tsRaw: Micros | null = null;
  tsNs: number | null = null;
  /** Bits of `Flag` that the time earned. */
  flags = 0;
  #lane: Lane = "live";
  #receivedAt: Micros = 0;
  readonly #window: TimeWindow;

  constructor(window: TimeWindow) {
    this.#window = window;
  }

  /** Begin a message. Until the device's time is known, its rows lie at arrival. */
  begin(lane: Lane, receivedAt: Micros): void {
    this.#lane = lane;
    this.#receivedAt = receivedAt;
    this.arrival(0);
  }

  /**
   * The device says when, in microseconds since 1970 and 0-999 nanoseconds beyond.
   * Live: outside the window the time is kept and flagged; an unset clock is replaced by the arrival.
   * Offline: the time is kept, as the file is the only witness.
   * @param offset where the row lies relative to arrival, should the device's time have to be replaced: samples of
   *   one frame stay apart
   */
  device(micros: Micros, nanoseconds: number | null, offset: Micros = 0): void {
    this.tsRaw = null;
    this.tsNs = nanoseconds;
    if (!(micros >= -furthest && micros <= furthest)) {
      this.#replaceByArrival(null, offset);
    } else if (this.#lane === "offline") {
      this.ts = micros;
      this.flags = micros < clockUnsetBefore ? Flag.historical | Flag.clockSuspect : Flag.historical;
    } else if (micros < clockUnsetBefore) {
      this.#replaceByArrival(micros, offset);
    } else {
      this.ts = micros;
      this.flags =
        micros < this.#receivedAt - this.#window.past
          ? Flag.late | Flag.clockSuspect
          : micros > this.#receivedAt + this.#window.future
            ? Flag.clockSuspect
            : 0;
    }
  }

  /**
   * The device knows no time, or only one relative to sending: `offset` microseconds from arrival. One that can't be
   * counted is none.
   */
  arrival(offset: Micros): void {
    if (!(offset >= -furthest && offset <= furthest - this.#receivedAt)) {
      this.#replaceByArrival(null, 0);
      return;
    }
    this.ts = this.#receivedAt + offset;
    this.tsRaw = null;
    this.tsNs = null;
    this.flags =
      Flag.tsFromIngest |
      (this.#lane === "offline" ? Flag.historical : 0) |
      (offset < -this.#window.past ? Flag.late : 0) |
      (offset > this.#window.future ? Flag.clockSuspect : 0);
  }

  #replaceByArrival(raw: Micros | null, offset: Micros): void {
    this.ts = this.#receivedAt + offset;
    this.tsRaw = raw;
    this.tsNs = null;
    this.flags = Flag.clockSuspect | Flag.tsFromIngest | (this.#lane === "offline" ? Flag.historical : 0);
  }
}

/** Units a device may count its time in, as microseconds a unit. */
export const timeUnits = { s: 1_000_000, ms: 1_000, us: 1, ns: 0.001 } as const;
export type TimeUnit = keyof typeof timeUnits;
