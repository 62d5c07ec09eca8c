/** What reads the records of a file out of its text, chunk by chunk. */
import { FileRefusal } from "../../core/files/refusal.ts";
import { above, emptyTree, lineOf, place, treesAt, type Claims, type Tree } from "./typed-text.ts";

export interface RecordSource {
  /** Lines of JSON: the records that are whole with this text. Throws {@link FileRefusal} where it can't be read. */
  push(text: string): string;
  /** Throws {@link FileRefusal} where the file ends early. */
  end(): string;
}

/** Characters of one record, and of one piece of it: enough for a message of 64 kB and its marks. */
export const mostCharacters = 1 << 20;

export const tooLong = (what: string): FileRefusal =>
  new FileRefusal(`${what} of more than ${mostCharacters} characters; allowed: records of 64 kB`);

/** Collects lines, and the values in front of the records that the profile names. */
export class Lines {
  readonly #claims: Claims;
  readonly #above: Tree = emptyTree();
  #text = "";
  #count = 0;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  /** A value outside of all records, at its path from the top of the file. */
  seeAbove(path: string, text: string): void {
    if (this.#claims.aboveRecords.has(path) && text.trim() !== "")
      place(this.#above, path, this.#claims.valueOf(`${above}.${path}`, text));
  }

  add(record: Tree): void {
    if (Object.keys(this.#above).length > 0) {
      const { isAboveRecord, isAboveSample, samples } = this.#claims;
      // Paths of samples begin at each of them.
      if (isAboveSample) for (const sample of treesAt(record, samples ?? [])) sample[above] = this.#above;
      if (isAboveRecord) record[above] = this.#above;
    }
    this.#text += lineOf(record);
    this.#count++;
  }

  take(): string {
    const taken = this.#text;
    this.#text = "";
    return taken;
  }

  /** @param what was looked for */
  end(what: string): string {
    if (this.#count === 0) throw new FileRefusal(`the file holds no ${what}`);
    return this.take();
  }
}
