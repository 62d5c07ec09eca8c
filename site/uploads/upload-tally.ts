/** What the messages of a file become, those that the lake has already left out. */
import type { Decoded, Message, Micros } from "../../functions/core/model.ts";

interface Made {
  readonly rows: number;
  readonly bad: string | null;
  readonly from: Micros;
  readonly to: Micros;
}

export class UploadTally {
  rows = 0;
  quarantined = 0;
  /** Reason and detail of the first that went to quarantine. */
  firstQuarantined: string | null = null;
  #from = Infinity;
  #to = -Infinity;
  readonly #made = new Map<Message, Made>();

  /** A message of the batch at hand, decoded. */
  see(message: Message, { readings, frames, quarantined }: Decoded): void {
    const [first] = quarantined;
    let [from, to] = [Infinity, -Infinity];
    for (const { ts } of [...readings, ...frames]) [from, to] = [Math.min(from, ts), Math.max(to, ts)];
    const bad = first === undefined ? null : `${first.reason}: ${first.detail}`;
    this.#made.set(message, { rows: readings.length + frames.length, bad, from, to });
  }

  /** Those of the batch that are new; ends it. */
  take(messages: readonly Message[]): void {
    for (const message of messages) {
      const made = this.#made.get(message);
      if (made === undefined) continue;
      this.rows += made.rows;
      this.#from = Math.min(this.#from, made.from);
      this.#to = Math.max(this.#to, made.to);
      if (made.bad === null) continue;
      this.quarantined++;
      this.firstQuarantined ??= made.bad;
    }
    this.#made.clear();
  }

  /** First and last time of the new rows; null where there is none. */
  get span(): { readonly from: Micros; readonly to: Micros } | null {
    return this.rows === 0 ? null : { from: this.#from, to: this.#to };
  }
}
