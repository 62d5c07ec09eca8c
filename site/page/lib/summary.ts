/** The site's counters, asked every other second whatever the view; rates come from two of them. */
import type { Summary } from "../../console/api.ts";
import { ask } from "./api.ts";
import type { Live } from "./live.ts";

const intervalMs = 2000;
/** Rates are taken over about this time, so that they don't flicker. */
const windowMs = 10_000;

export class SummaryStore {
  latest: Summary | null = null;
  /** What to add to this machine's clock to get the site's, milliseconds. */
  clockOffset = 0;
  readonly #history: Summary[] = [];
  readonly #listeners: ((summary: Summary) => void)[] = [];

  start(live: Live): void {
    live.watch(intervalMs, async (signal) => this.#take(await ask<Summary>("summary", {}, signal)));
  }

  onChange(listener: (summary: Summary) => void): void {
    this.#listeners.push(listener);
    if (this.latest !== null) listener(this.latest);
  }

  /** The site's time. */
  now(): number {
    return Date.now() + this.clockOffset;
  }

  /** Per second; null until there are two summaries of one site process. */
  rateOf(counter: (summary: Summary) => number): number | null {
    const [oldest] = this.#history;
    if (oldest === undefined || this.latest === null || this.latest.now <= oldest.now) return null;
    const change = counter(this.latest) - counter(oldest);
    return change < 0 ? null : (change * 1000) / (this.latest.now - oldest.now);
  }

  #take(summary: Summary): void {
    this.latest = summary;
    this.clockOffset = summary.now - Date.now();
    this.#history.push(summary);
    while (this.#history.length > 2 && summary.now - (this.#history[1]?.now ?? 0) >= windowMs) {
      this.#history.shift();
    }
    for (const listener of this.#listeners) listener(summary);
  }
}
