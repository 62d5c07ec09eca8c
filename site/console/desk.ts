/** What questions of one kind of asker share: their view of the lake, and answers that were given a moment ago. */
import type { DeviceFilter } from "../access/device-filter.ts";
import type { AskedLake } from "../ports.ts";
import type { Busiest, Latest, Models, Rate } from "./api.ts";
import { FrameTables } from "./frame-tables.ts";
import { LakeQueries, type ScopeRange } from "./lake-queries.ts";
import { Memo } from "./memo.ts";
import { MetricCatalogue } from "./metrics.ts";
import { WorkLimit } from "./work-limit.ts";

/** Milliseconds that an answer serves every open page: below the interval at which one page asks. */
export const keptMs = 900;

export class Desk {
  readonly devices: DeviceFilter;
  readonly queries: LakeQueries;
  readonly tables: FrameTables;
  readonly catalogue: MetricCatalogue;
  readonly rates = new Memo<Rate>(keptMs);
  readonly latest = new Memo<Latest>(keptMs);
  readonly models = new Memo<Models>(keptMs, 1);
  readonly busiest = new Memo<Busiest>(keptMs, 1);

  constructor(lake: AskedLake, devices: DeviceFilter, limit: WorkLimit, range: ScopeRange = {}) {
    this.devices = devices;
    this.queries = new LakeQueries(lake, devices, limit, range);
    this.tables = new FrameTables(this.queries);
    this.catalogue = new MetricCatalogue(this.queries, this.tables);
  }
}

/** Tokens of different devices are few; the longest unused desk is given up. */
const mostDesks = 64;

export class Desks {
  readonly #lake: AskedLake;
  /** One for all: who asks does not make the machine larger. */
  readonly #limit = new WorkLimit(4, 64);
  readonly #desks = new Map<string, Desk>();

  constructor(lake: AskedLake) {
    this.#lake = lake;
  }

  for(devices: DeviceFilter): Desk {
    const key = JSON.stringify(devices);
    const desk = this.#desks.get(key) ?? new Desk(this.#lake, devices, this.#limit);
    this.#desks.delete(key);
    this.#desks.set(key, desk);
    const [oldest] = this.#desks.keys();
    if (this.#desks.size > mostDesks && oldest !== undefined) this.#desks.delete(oldest);
    return desk;
  }
}
