/** Remarks on messages that were decoded all the same. */

import type { Warning } from "./model.ts";
import type { RowSink } from "./row-sink.ts";

/** Distinct warnings that one decoder gives before it falls silent: a warning tells of a kind, not of a message. */
const maximumWarnings = 1_000;
const maximumDetail = 500;

export class Warnings {
  readonly #given = new Set<string>();

  /** Give a warning, once a codec, code and detail. */
  give(to: RowSink, codec: string, warning: Warning): void {
    const key = `${codec} ${warning.code} ${warning.detail}`;
    if (this.#given.has(key) || this.#given.size >= maximumWarnings) return;
    this.#given.add(key);
    to.warn({ ...warning, detail: warning.detail.slice(0, maximumDetail) });
  }
}
