import type { Quarantined } from "../core/model.ts";
import { DecodedRows, type RowSink } from "../core/row-sink.ts";

/** Rows of the message that is decoded; those of messages that waited for it as their birth are left out. */
export class OwnRows extends DecodedRows {
  #messages = 0;

  override begin(): void {
    this.#messages++;
    super.begin();
  }

  override reading(...row: Parameters<RowSink["reading"]>): void {
    if (this.#messages === 1) super.reading(...row);
  }

  override frame(...row: Parameters<RowSink["frame"]>): void {
    if (this.#messages === 1) super.frame(...row);
  }

  override quarantine(entry: Quarantined): void {
    if (this.#messages === 1) super.quarantine(entry);
  }
}
