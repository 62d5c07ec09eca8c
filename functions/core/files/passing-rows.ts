import type { Quarantined, Warning } from "../model.ts";
import type { RowContext, RowSink } from "../row-sink.ts";

/** Hands to a sink what it is given; who stands before it sees or changes rows on their way. */
export abstract class PassingRows implements RowSink {
  protected readonly sink: RowSink;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  abstract reading(...row: Parameters<RowSink["reading"]>): void;
  abstract frame(...row: Parameters<RowSink["frame"]>): void;

  begin(): void {
    this.sink.begin();
  }

  takeBack(): void {
    this.sink.takeBack();
  }

  quarantine(entry: Quarantined): void {
    this.sink.quarantine(entry);
  }

  warn(warning: Warning): void {
    this.sink.warn(warning);
  }

  end(row: RowContext): void {
    this.sink.end(row);
  }
}
