/** Hears of messages whose time can't be read, on their way to a sink: in a file that is worth being told. */
import type { FrameTable, Quality, Quarantined, Warning } from "./core/model.ts";
import { tsFromIngest } from "./core/flags.ts";
import type { RowContext, RowSink } from "./core/row-sink.ts";

export class UndatedRows implements RowSink {
  readonly #sink: RowSink;
  readonly #onUndated: () => void;
  #isUndated = false;

  /** @param onUndated hears of each message with rows that lie at its arrival */
  constructor(sink: RowSink, onUndated: () => void) {
    this.#sink = sink;
    this.#onUndated = onUndated;
  }

  begin(): void {
    this.#isUndated = false;
    this.#sink.begin();
  }

  reading(...row: Parameters<RowSink["reading"]>): void {
    this.#see(row[10]);
    this.#sink.reading(...row);
  }

  frame(
    row: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    this.#see(flags);
    this.#sink.frame(row, table, values, quality, flags);
  }

  takeBack(): void {
    this.#isUndated = false;
    this.#sink.takeBack();
  }

  quarantine(entry: Quarantined): void {
    this.#sink.quarantine(entry);
  }

  warn(warning: Warning): void {
    this.#sink.warn(warning);
  }

  end(row: RowContext): void {
    if (this.#isUndated) this.#onUndated();
    this.#sink.end(row);
  }

  #see(flags: number): void {
    if ((flags & tsFromIngest) !== 0) this.#isUndated = true;
  }
}
