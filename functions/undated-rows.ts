/** Hears of messages whose time can't be read, on their way to a sink: in a file that is worth being told. */
import type { FrameTable, Quality } from "./core/model.ts";
import { tsFromIngest } from "./core/flags.ts";
import { PassingRows } from "./core/files/passing-rows.ts";
import type { RowContext, RowSink } from "./core/row-sink.ts";

export class UndatedRows extends PassingRows {
  readonly #onUndated: () => void;
  #isUndated = false;

  /** @param onUndated hears of each message with rows that lie at its arrival */
  constructor(sink: RowSink, onUndated: () => void) {
    super(sink);
    this.#onUndated = onUndated;
  }

  override begin(): void {
    this.#isUndated = false;
    super.begin();
  }

  reading(...row: Parameters<RowSink["reading"]>): void {
    this.#see(row[10]);
    this.sink.reading(...row);
  }

  frame(
    row: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    this.#see(flags);
    this.sink.frame(row, table, values, quality, flags);
  }

  override takeBack(): void {
    this.#isUndated = false;
    super.takeBack();
  }

  override end(row: RowContext): void {
    if (this.#isUndated) this.#onUndated();
    super.end(row);
  }

  #see(flags: number): void {
    if ((flags & tsFromIngest) !== 0) this.#isUndated = true;
  }
}
