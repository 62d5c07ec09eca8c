/** What takes long to compute: on the site a thread of its own does it, in a function what answers the request. */
import type { Series } from "../api.ts";
import { outlookOf, type OutlookOptions } from "./outlook.ts";
import { SearchIndex, type Entry, type Wanted } from "./search-index.ts";

export function thinkingMethods() {
  let index = new SearchIndex([]);
  return {
    outlook: (series: Pick<Series, "time" | "mean">, options: OutlookOptions) => outlookOf(series, options),
    index: (entries: readonly Entry[]) => void (index = new SearchIndex(entries)),
    find: (wanted: Wanted) => index.find(wanted),
  };
}
export type Methods = ReturnType<typeof thinkingMethods>;

/** Who does it, seen from outside. */
export interface Thinking {
  /** Which start what runs now is from: a later one does not know what an earlier one was told. */
  start(): number;
  call<Name extends keyof Methods>(
    method: Name,
    ...args: Parameters<Methods[Name]>
  ): Promise<ReturnType<Methods[Name]>>;
}

/** Here and at once. */
export function thinkingHere(): Thinking {
  const methods = thinkingMethods();
  return {
    start: () => 0,
    call: async (method, ...args) => {
      // Both are of one name; that the name is a variable loses it.
      const work: unknown = methods[method];
      return (work as (...of: typeof args) => ReturnType<Methods[typeof method]>)(...args);
    },
  };
}
