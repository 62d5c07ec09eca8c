/** What the messages of a file become, those that the lake has already left out. */
import { tsFromIngest } from "../../functions/core/flags.ts";
import type { Decoded, Message, Micros } from "../../functions/core/model.ts";

interface Made {
  readonly rows: number;
  readonly bad: string | null;
  /** Where its time should be and what is wrong with it; null where its rows have one. */
  readonly undated: string | null;
  readonly from: Micros;
  readonly to: Micros;
}

export class UploadTally {
  rows = 0;
  quarantined = 0;
  /** Reason and detail of the first that went to quarantine. */
  firstQuarantined: string | null = null;
  undated = 0;
  /** Place and reason of the first whose rows lie at its arrival, because it has no time that can be read. */
  firstUndated: string | null = null;
  #from = Infinity;
  #to = -Infinity;
  readonly #made = new Map<Message, Made>();

  /** A message of the batch at hand, decoded; `at` is its place in the file. */
  see(at: string, message: Message, { readings, frames, quarantined, warnings }: Decoded): void {
    const [first] = quarantined;
    const isUndated = [...readings, ...frames].some(({ flags }) => (flags & tsFromIngest) !== 0);
    const why = warnings.find(({ code }) => code === "unreadable-time")?.detail ?? "it has no time";
    let [from, to] = [Infinity, -Infinity];
    for (const { ts } of [...readings, ...frames]) [from, to] = [Math.min(from, ts), Math.max(to, ts)];
    const bad = first === undefined ? null : `${first.reason}: ${first.detail}`;
    this.#made.set(message, {
      rows: readings.length + frames.length,
      bad,
      from,
      to,
      undated: isUndated ? `${at}: ${why}` : null,
    });
  }

  /** Those of the batch that are new; ends it. */
  take(messages: readonly Message[]): void {
    for (const message of messages) {
      const made = this.#made.get(message);
      if (made === undefined) continue;
      this.rows += made.rows;
      this.#from = Math.min(this.#from, made.from);
      this.#to = Math.max(this.#to, made.to);
      if (made.undated !== null) this.undated++;
      this.firstUndated ??= made.undated;
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
