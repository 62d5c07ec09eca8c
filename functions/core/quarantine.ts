/** Messages that could not be decoded, kept whole so that a newer decoder can replay them. */

import type { Fault } from "./fault.ts";
import type { Message, Quarantined } from "./model.ts";

/** Characters of a quarantine entry's detail. */
export const maximumDetail = 500;

/** Details of single records that are listed before the rest is only counted. */
const listed = 5;

/** What went wrong in one message: the whole of it, or single records of it. */
export class Problems {
  /** The message as a whole is refused; none of its rows are kept. */
  refused: Fault | null = null;
  #first: Fault | null = null;
  #details: string[] = [];
  #count = 0;

  begin(): void {
    this.refused = null;
    if (this.#count > 0) {
      this.#first = null;
      this.#details = [];
      this.#count = 0;
    }
  }

  /** One record, field or value of the message is bad; the others are kept. */
  add(fault: Fault): void {
    this.#first ??= fault;
    if (this.#count < listed) this.#details.push(fault.detail);
    this.#count++;
  }

  /** More of the kind, which nobody will read. */
  addUnlisted(count: number): void {
    this.#count += count;
  }

  get any(): boolean {
    return this.refused !== null || this.#first !== null;
  }

  /** The quarantine entry of the message. Call only if there is {@link any}. */
  entry(message: Message, msgId: Uint8Array, codec: string, codecVersion: string): Quarantined {
    const fault = this.refused ?? this.#first;
    const unlisted = this.#count - this.#details.length;
    const rest = unlisted > 0 ? `; and ${unlisted} more` : "";
    const detail = this.refused?.detail ?? `partly decoded: ${this.#details.join("; ")}`;
    return {
      message,
      msgId,
      reason: fault?.reason ?? "codec-errors",
      detail:
        this.refused !== null
          ? detail.slice(0, maximumDetail)
          : detail.slice(0, maximumDetail - rest.length) + rest,
      codec,
      codecVersion,
    };
  }
}
