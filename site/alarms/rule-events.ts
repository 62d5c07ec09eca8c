/** What rules tell: an alarm begins or ends. Each is told on once. */
import type { Alarm } from "../../functions/alarms/alarm.ts";
import { newAlarm, type Raised } from "../../functions/alarms/raised.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { AlarmBook } from "./alarm-book.ts";

export class RuleEvents {
  readonly #book: AlarmBook;
  readonly #told: (alarm: Alarm) => void;

  /** `told` hears of each alarm when it begins and when it ends. */
  constructor(book: AlarmBook, told: (alarm: Alarm) => void) {
    this.#book = book;
    this.#told = told;
  }

  raise(raised: Raised): void {
    const alarm = newAlarm(raised);
    if (this.#book.raise(alarm)) this.#told(alarm);
  }

  clear(id: string, at: Micros): void {
    const alarm = this.#book.clear(id, at);
    if (alarm !== undefined) this.#told(alarm);
  }
}
