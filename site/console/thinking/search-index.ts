/** Full-text search over what the environment knows by name. Pure; in memory. */
import MiniSearch from "minisearch";
import type { DeviceFilter } from "../../access/device-filter.ts";
import { seesDevice } from "../../access/device-filter.ts";
import type { Found } from "../api.ts";

export interface Entry {
  readonly kind: Found["kind"];
  /** Null where it is of no one device. */
  readonly device: string | null;
  readonly title: string;
  readonly text: string;
  /** What leads there; see `Found`. */
  readonly about: Found["about"];
}

export interface Wanted {
  readonly words: string;
  readonly limit: number;
  readonly kinds: readonly Found["kind"][];
  readonly devices: DeviceFilter;
}

/** Names are made of parts: `press-01`, `of_batch`, `accelX`, `soil/moisture`. Each is a word, and so is the whole. */
export function wordsOf(text: string): string[] {
  const whole = text.toLowerCase().split(/[\s,;:"'()[\]{}]+/u);
  const parts = text
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return [...new Set([...whole, ...parts])].filter((word) => word !== "");
}

export class SearchIndex {
  readonly #index: MiniSearch;
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#index = new MiniSearch({
      fields: ["title", "text"],
      tokenize: wordsOf,
      searchOptions: {
        boost: { title: 3 },
        prefix: true,
        // A slip of the pen in a longer word; a digit more or less is another device.
        fuzzy: (word) => (word.length > 4 && !/\d/.test(word) ? 0.2 : false),
        combineWith: "AND",
      },
    });
    this.#index.addAll(entries.map(({ title, text }, id) => ({ id, title, text })));
  }

  /** Best first. */
  find({ words, limit, kinds, devices }: Wanted): {
    readonly matching: number;
    readonly found: readonly Found[];
  } {
    const matches = this.#index.search(words).flatMap(({ id, score }) => {
      const entry = this.#entries[id as number];
      if (entry === undefined || !kinds.includes(entry.kind)) return [];
      if (entry.device !== null && !seesDevice(devices, entry.device)) return [];
      return [{ ...entry, score }];
    });
    return { matching: matches.length, found: matches.slice(0, limit) };
  }
}
