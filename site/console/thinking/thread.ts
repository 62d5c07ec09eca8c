/** A thread for what takes long to compute, so that neither broker nor page waits for it. */
import { parentPort } from "node:worker_threads";
import type { Series } from "../api.ts";
import { outlookOf, type OutlookOptions } from "./outlook.ts";
import { SearchIndex, type Entry, type Wanted } from "./search-index.ts";

let index = new SearchIndex([]);

const methods = {
  outlook: (series: Pick<Series, "time" | "mean">, options: OutlookOptions) => outlookOf(series, options),
  index: (entries: readonly Entry[]) => void (index = new SearchIndex(entries)),
  find: (wanted: Wanted) => index.find(wanted),
};
export type Methods = typeof methods;

export interface ThreadRequest {
  readonly id: number;
  readonly method: keyof Methods;
  readonly args: readonly unknown[];
}

parentPort?.on("message", ({ id, method, args }: ThreadRequest) => {
  try {
    const work = methods[method] as (...args: readonly unknown[]) => unknown;
    parentPort?.postMessage({ id, result: work(...args) });
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message });
  }
});
