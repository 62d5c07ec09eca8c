/** Tells devices and a webhook of alarms that begin or end: kept until delivered, given up after a bounded time. */
import { noticeId, noticeOf } from "../../functions/alarms/notice.ts";
import type { StateStore } from "../broker/state-store.ts";
import type { Logger } from "../logger.ts";
import type { Alarm } from "../../functions/alarms/alarm.ts";
import { parsed, written } from "./stored-value.ts";

export interface Channels {
  /** To the device's own topic; what can't be delivered there is not kept: the alarm is in the book. */
  readonly toDevice: (alarm: Alarm, body: string) => Promise<unknown>;
  /** Null where there is none. Rejects where it has to be tried again. */
  readonly toWebhook: ((id: string, body: string) => Promise<void>) | null;
}

interface Waiting {
  readonly body: string;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly due: number;
}

const prefix = "notice/";
const firstPauseMs = 2_000;
/** 2 s, 4 s, …: the last one is tried some 4 hours after the first. */
const mostAttempts = 14;
/** More than that wait for a receiver that is gone: the oldest are given up. */
const mostWaiting = 1_000;

export class Notices {
  readonly #store: StateStore;
  readonly #channels: Channels;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, Waiting>();
  #lastError: string | null = null;

  constructor(store: StateStore, channels: Channels, logger: Logger) {
    this.#store = store;
    this.#channels = channels;
    this.#logger = logger;
    for (const [id, value] of store.below(prefix)) this.#waiting.set(id, parsed(value));
  }

  /** Why notices wait; null where none does. */
  get trouble(): string | null {
    return this.#lastError === null
      ? null
      : `${this.#waiting.size} notices wait for the webhook: ${this.#lastError}`;
  }

  /** In the store with its next flush, so that a notice is neither lost nor told of an alarm that is not kept. */
  add(alarm: Alarm, now: number): void {
    const id = noticeId(alarm);
    const body = JSON.stringify(noticeOf(alarm));
    void this.#channels
      .toDevice(alarm, body)
      .catch((error: Error) =>
        this.#logger.warn({ alarm: alarm.id, error: error.message }, "device not told"),
      );
    if (this.#channels.toWebhook === null) return;
    this.#keep(id, { body, attempts: 0, due: now });
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= mostWaiting) break;
      this.#drop(oldest);
      this.#logger.error({ notice: oldest }, "notice given up: too many wait");
    }
  }

  /** Everything that is due, oldest first; ends at the first that fails, because the others would too. */
  async deliver(now: number): Promise<void> {
    const { toWebhook } = this.#channels;
    if (toWebhook === null) return;
    for (const [id, waiting] of [...this.#waiting]) {
      if (waiting.due > now) continue;
      try {
        await toWebhook(id, waiting.body);
        this.#drop(id);
        this.#lastError = null;
      } catch (error) {
        this.#lastError = (error as Error).message;
        const attempts = waiting.attempts + 1;
        if (attempts < mostAttempts) {
          this.#keep(id, { ...waiting, attempts, due: now + firstPauseMs * 2 ** waiting.attempts });
          return;
        }
        this.#drop(id);
        this.#logger.error({ notice: id, error: this.#lastError }, "notice given up");
      }
    }
    if (this.#waiting.size === 0) this.#lastError = null;
  }

  #keep(id: string, waiting: Waiting): void {
    this.#waiting.set(id, waiting);
    this.#store.set(prefix + id, written(waiting));
  }

  #drop(id: string): void {
    this.#waiting.delete(id);
    this.#store.set(prefix + id, null);
  }
}
