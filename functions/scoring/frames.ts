/** Samples of devices as files of a frame table have them. */
import type { Micros } from "../core/model.ts";
import type { Stretch } from "./stretches.ts";

/** What a file has of one device that came by one lane, in the file's order. */
export interface DeviceFrames {
  readonly device: string;
  readonly isOffline: boolean;
  /** Microseconds. */
  readonly times: Float64Array;
  readonly arrivals: Float64Array;
  /** By axis; NaN for what is missing. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

type Place = Pick<Stretch, "device" | "from" | "to">;

/** The files of the lake's frame tables. */
export interface FrameFiles {
  /** Rejects with an Error that says why where the file can't be read, or is none of the table's. */
  read(key: string, axes: readonly string[]): Promise<readonly DeviceFrames[]>;
  /**
   * What other files have of these stretches. A damaged one is left out: its own news tells of it. Rejects where the store
   * fails.
   *
   * @param known keys of files that are not read again
   */
  near(
    table: string,
    places: readonly Place[],
    axes: readonly string[],
    known: readonly string[],
  ): Promise<readonly DeviceFrames[]>;
}

/** The samples of many files by device. */
export class Samples {
  readonly #byDevice: ReadonlyMap<string, readonly DeviceFrames[]>;

  constructor(frames: readonly DeviceFrames[]) {
    this.#byDevice = Map.groupBy(frames, ({ device }) => device);
  }

  /** A device's samples of that time, oldest first; of those of one time the first that arrived. */
  *of({ device, from, to }: Place, axes: readonly string[]): Generator<[time: Micros, values: number[]]> {
    const parts = (this.#byDevice.get(device) ?? []).map(({ times, arrivals, columns }) => ({
      ...{ times, arrivals },
      columns: axes.map((axis) => columns.get(axis) ?? null),
    }));
    const places = parts.flatMap((part) =>
      Array.from(part.times, (time, row) => ({ part, row, time, arrival: part.arrivals[row]! })).filter(
        ({ time }) => time >= from && time <= to,
      ),
    );
    places.sort((one, other) => one.time - other.time || one.arrival - other.arrival);
    let last = -Infinity;
    for (const { part, row, time } of places) {
      if (time === last) continue;
      last = time;
      yield [time, part.columns.map((column) => column?.[row] ?? NaN)];
    }
  }
}
