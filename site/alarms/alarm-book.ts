/** All alarms and silences, and what has to be known to go on: sealed, each round of changes as a whole. */
import { randomBytes } from "node:crypto";
import type { Micros } from "../../functions/core/model.ts";
import { noSuchAlarm } from "../../functions/alarms/alarm-error.ts";
import { isIn, isSilencedBy, newestFirst, type AlarmState } from "../../functions/alarms/alarm-state.ts";
import type { StateStore } from "../broker/state-store.ts";
import type { Acknowledgement, Alarm, Silence } from "../../functions/alarms/alarm.ts";
import { parsed, written } from "./stored-value.ts";

/** Alarms that are over are forgotten beyond that, oldest first. */
const mostKept = 10_000;

export interface AlarmFilter {
  /** Default all. */
  readonly state?: AlarmState;
  /** Default every device. */
  readonly concerns?: (device: string) => boolean;
  readonly limit: number;
}

export interface AlarmPage {
  readonly matching: number;
  readonly alarms: readonly Alarm[];
}

export class AlarmBook {
  readonly #store: StateStore;
  readonly #alarms = new Map<string, Alarm>();
  readonly #silences = new Map<string, Silence>();
  #changes = 0;

  /** Goes up with each change. */
  get changes(): number {
    return this.#changes;
  }

  constructor(store: StateStore) {
    this.#store = store;
    for (const [id, value] of store.below("alarm/")) this.#alarms.set(id, parsed(value));
    for (const [id, value] of store.below("silence/")) this.#silences.set(id, parsed(value));
  }

  get(id: string): Alarm | undefined {
    return this.#alarms.get(id);
  }

  /** Newest first. */
  list({ state = "all", concerns = everyDevice, limit }: AlarmFilter): AlarmPage {
    const wanted = [...this.#alarms.values()].filter((alarm) => concerns(alarm.device) && isIn(state, alarm));
    const sorted = wanted.toSorted(newestFirst);
    return { matching: wanted.length, alarms: sorted.slice(0, limit) };
  }

  count(state: AlarmState, concerns: (device: string) => boolean = everyDevice): number {
    let found = 0;
    for (const alarm of this.#alarms.values()) if (isIn(state, alarm) && concerns(alarm.device)) found++;
    return found;
  }

  /** True where it is new. One that is known stays as it is. */
  raise(alarm: Alarm): boolean {
    if (this.#alarms.has(alarm.id)) return false;
    this.#put(alarm);
    this.#forget();
    return true;
  }

  /** The alarm as it is now; undefined where there is none that lasts. */
  clear(id: string, at: Micros): Alarm | undefined {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined || alarm.clearedAt !== null) return undefined;
    return this.#put({ ...alarm, clearedAt: at });
  }

  /** The first acknowledgement stands. Throws AlarmError for an id that is none. */
  async acknowledge(id: string, acknowledged: Acknowledgement): Promise<Alarm> {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined) throw noSuchAlarm(id);
    if (alarm.acknowledged !== null) return alarm;
    const changed = this.#put({ ...alarm, acknowledged });
    await this.#store.flush();
    return changed;
  }

  async silence(wanted: Omit<Silence, "id">): Promise<Silence> {
    const silence: Silence = { id: randomBytes(8).toString("hex"), ...wanted };
    this.#silences.set(silence.id, silence);
    this.#changes++;
    this.#store.set(`silence/${silence.id}`, written(silence));
    await this.#store.flush();
    return silence;
  }

  /** Those in force; who are over are forgotten. */
  silences(now: Micros): readonly Silence[] {
    for (const { id, until } of this.#silences.values()) {
      if (until > now) continue;
      this.#silences.delete(id);
      this.#changes++;
      this.#store.set(`silence/${id}`, null);
    }
    return [...this.#silences.values()];
  }

  isSilenced(alarm: Alarm, now: Micros): boolean {
    return isSilencedBy(this.silences(now), alarm);
  }

  #put(alarm: Alarm): Alarm {
    this.#alarms.set(alarm.id, alarm);
    this.#changes++;
    this.#store.set(`alarm/${alarm.id}`, written(alarm));
    return alarm;
  }

  #forget(): void {
    if (this.#alarms.size <= mostKept) return;
    const over = [...this.#alarms.values()]
      .filter(({ clearedAt }) => clearedAt !== null)
      .toSorted((a, b) => a.raisedAt - b.raisedAt);
    for (const { id } of over.slice(0, this.#alarms.size - mostKept)) {
      this.#alarms.delete(id);
      this.#store.set(`alarm/${id}`, null);
    }
  }
}

const everyDevice = (): boolean => true;
