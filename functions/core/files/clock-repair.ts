/**
 * A logger's clock put right after the fact: by how far it was off, or by what it showed at moments that are known. Two such
 * moments also tell how fast it ran.
 */

import * as Flag from "../flags.ts";
import type { FrameTable, Micros, Quality } from "../model.ts";
import { clockUnsetBefore } from "../normalise/time.ts";
import type { RowContext } from "../row-sink.ts";
import { PassingRows } from "./passing-rows.ts";

/** What the device's clock showed when it really was another time. */
export interface ClockAnchor {
  readonly device: Micros;
  readonly real: Micros;
}

/** The anchors can't be those of one clock. */
export class ClockRepairError extends Error {
  override readonly name = "ClockRepairError";
}

/** Least and most speed of a clock that two anchors may tell of: the worst oscillators are a few percent off. */
const slowest = 0.9;
const fastest = 1.1;

export class ClockRepair {
  /** One or two; as text `device=real,device=real` in microseconds since 1970: how it is asked for and kept. */
  readonly text: string;
  readonly #device: Micros;
  readonly #offset: Micros;
  /** Real microseconds that pass beyond one of the device's; 0 without drift. */
  readonly #drift: number;

  /** @param anchors the first alone is an offset. Throws {@link ClockRepairError}. */
  constructor(anchors: readonly ClockAnchor[]) {
    const [first, second, ...more] = anchors;
    if (first === undefined || more.length > 0)
      throw new ClockRepairError(`${anchors.length} anchors; allowed: one, or two where the clock drifts`);
    if (!anchors.every(({ device, real }) => Number.isSafeInteger(device) && Number.isSafeInteger(real)))
      throw new ClockRepairError("an anchor is no time: allowed are whole microseconds since 1970");
    this.text = anchors.map(({ device, real }) => `${device}=${real}`).join(",");
    this.#device = first.device;
    this.#offset = first.real - first.device;
    const speed = second === undefined ? 1 : (second.real - first.real) / (second.device - first.device);
    if (!(speed >= slowest && speed <= fastest))
      throw new ClockRepairError(
        `between the two anchors ${String(speed)} real seconds pass in a second of the device; ` +
          `allowed: ${slowest} to ${fastest}. They belong to different runs of its clock, or to another device`,
      );
    this.#drift = speed - 1;
  }

  /** Reads {@link text}. Throws {@link ClockRepairError}. */
  static parse(text: string): ClockRepair {
    if (!/^-?\d{1,16}=-?\d{1,16}(,-?\d{1,16}=-?\d{1,16})?$/.test(text))
      throw new ClockRepairError(`clock ${JSON.stringify(text.slice(0, 80))}: device=real in microseconds`);
    return new ClockRepair(
      text.split(",").map((anchor) => {
        const [device, real] = anchor.split("=").map(Number) as [number, number];
        return { device, real };
      }),
    );
  }

  /** The real time, to the microsecond. */
  real(device: Micros): Micros {
    return device + this.#offset + Math.round((device - this.#device) * this.#drift);
  }
}

/** Rows as their sink shall have them: at the real time, with the device's own beside it. What has no time of its own stays. */
export class RepairedRows extends PassingRows {
  clock: ClockRepair | null = null;
  readonly #time = { ts: 0, tsRaw: null as Micros | null, tsNs: null as number | null };

  reading(
    row: RowContext,
    subDevice: string | null,
    metric: string,
    unit: string | null,
    valueDouble: number | null,
    valueInt: number | bigint | null,
    valueBool: boolean | null,
    valueText: string | null,
    valueBytes: Uint8Array | null,
    quality: Quality,
    flags: number,
  ): void {
    const bits = this.#flags(row, flags);
    this.sink.reading(
      this.#row(row, flags),
      subDevice,
      metric,
      unit,
      valueDouble,
      valueInt,
      valueBool,
      valueText,
      valueBytes,
      quality,
      bits,
    );
  }

  frame(
    row: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    const bits = this.#flags(row, flags);
    this.sink.frame(this.#row(row, flags), table, values, quality, bits);
  }

  #row(row: RowContext, flags: number): RowContext {
    if (this.clock === null || (flags & Flag.tsFromIngest) !== 0) return row;
    const { ts, tsNs } = row.time;
    this.#time.ts = this.clock.real(ts);
    this.#time.tsRaw = ts;
    this.#time.tsNs = tsNs;
    const { tenant, message, codec, seq, msgId } = row;
    return { tenant, message, codec, seq, msgId, time: this.#time };
  }

  #flags({ time }: RowContext, flags: number): number {
    if (this.clock === null || (flags & Flag.tsFromIngest) !== 0) return flags;
    const isSet = this.clock.real(time.ts) >= clockUnsetBefore;
    return (isSet ? flags & ~Flag.clockSuspect : flags) | Flag.clockRepaired;
  }
}
