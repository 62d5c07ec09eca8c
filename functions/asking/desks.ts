/** Desks by devices and by time: a cloud's lake brings files of the days that somebody asks about, and of no others. */
import type { DeviceFilter } from "../../site/access/device-filter.ts";
import { Desk } from "../../site/console/desk.ts";
import type { AskedRange } from "../../site/console/routes.ts";
import { WorkLimit } from "../../site/console/work-limit.ts";
import type { AskedLake } from "../../site/ports.ts";

/** The longest unused is given up. */
const mostDesks = 64;

export class RangeDesks {
  readonly #lake: AskedLake;
  readonly #limit = new WorkLimit(4, 64);
  readonly #desks = new Map<string, Desk>();

  constructor(lake: AskedLake) {
    this.#lake = lake;
  }

  for(devices: DeviceFilter, { from, to }: AskedRange): Desk {
    const range = {
      ...(from === undefined ? {} : { from: Math.floor(from * 1000) }),
      ...(to === undefined ? {} : { to: Math.ceil(to * 1000) }),
    };
    const key = JSON.stringify([devices, range]);
    const desk = this.#desks.get(key) ?? new Desk(this.#lake, devices, this.#limit, range);
    this.#desks.delete(key);
    this.#desks.set(key, desk);
    const [oldest] = this.#desks.keys();
    if (this.#desks.size > mostDesks && oldest !== undefined) this.#desks.delete(oldest);
    return desk;
  }
}
