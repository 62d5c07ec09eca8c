/** What the log keeps beside a record of an uploaded file: its place there, and how the file's clock is put right. */
import { ClockRepair } from "../../functions/core/files/clock-repair.ts";

export interface UploadPlace {
  /** Of the message: `<sha256 of the file>:<line or first byte>`. */
  readonly position: string;
  readonly clock: ClockRepair | null;
}

/** As text: the position, and behind `@` the clock where there is one. */
export const uploadPlace = ({ position, clock }: UploadPlace): string =>
  clock === null ? position : `${position}@${clock.text}`;

/** Reads places; records of a file follow each other, so that its clock is read once. */
export class UploadPlaces {
  #clock: ClockRepair | null = null;

  read(text: string | null): UploadPlace | null {
    if (text === null) return null;
    const at = text.indexOf("@");
    if (at < 0) return { position: text, clock: null };
    const clock = text.slice(at + 1);
    if (this.#clock?.text !== clock) this.#clock = ClockRepair.parse(clock);
    return { position: text.slice(0, at), clock: this.#clock };
  }
}
