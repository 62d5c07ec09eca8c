/** Alarms for whoever looks at them and answers: requests of the page and the command line, checked. */
import type { z } from "zod";
import { noSuchAlarm } from "../../functions/alarms/alarm-error.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { Alarm, AlarmList, Silence } from "../../functions/alarms/alarm.ts";
import type { acknowledgeRequest, listRequest, silenceRequest } from "../../functions/alarms/requests.ts";

export class AlarmDesk {
  readonly #book: AlarmBook;
  readonly #now: () => number;
  readonly #changed: () => Promise<void>;

  /** `now` in milliseconds since 1970; `changed` is waited for behind what somebody changed. */
  constructor(
    book: AlarmBook,
    now: () => number = Date.now,
    changed: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#book = book;
    this.#now = now;
    this.#changed = changed;
  }

  /** That nobody has acknowledged. */
  get unacknowledged(): number {
    return this.#book.count("unacknowledged");
  }

  /** `sees`: which devices who asks may hear of; silences are for those who may hear of all. */
  list(
    { state, device, limit }: z.output<typeof listRequest>,
    sees: ((device: string) => boolean) | null = null,
  ): AlarmList {
    const now = this.#now();
    const concerns = (one: string): boolean => (device ?? one) === one && (sees?.(one) ?? true);
    const seen = sees ?? (() => true);
    const { matching, alarms } = this.#book.list({ state, limit, concerns });
    return {
      now,
      matching,
      open: this.#book.count("open", seen),
      unacknowledged: this.#book.count("unacknowledged", seen),
      alarms: alarms.map((alarm) => ({ ...alarm, silenced: this.#book.isSilenced(alarm, now * 1000) })),
      silences: sees === null ? this.#book.silences(now * 1000) : [],
    };
  }

  /** Throws AlarmError for an alarm that is none, or none of who asks. */
  async acknowledge(
    { id, by, note }: z.output<typeof acknowledgeRequest>,
    sees: ((device: string) => boolean) | null = null,
  ): Promise<Alarm> {
    const alarm = this.#book.get(id);
    if (alarm === undefined || sees?.(alarm.device) === false) throw noSuchAlarm(id);
    const acknowledged = await this.#book.acknowledge(id, { at: this.#now() * 1000, by, note });
    await this.#changed();
    return acknowledged;
  }

  async silence({ minutes, ...wanted }: z.output<typeof silenceRequest>): Promise<Silence> {
    const now = this.#now() * 1000;
    const silence = await this.#book.silence({ ...wanted, until: Math.round(now + minutes * 60_000_000) });
    await this.#changed();
    return silence;
  }
}
