/** Numbers and booleans of a JSON message that its profile does not name, as readings named by their path. */

import type { MessageRows } from "../rows.ts";
import { metricOfPath } from "./json-path.ts";

/** Leaves of one message that become readings, and levels that are looked into. */
const maximumLeaves = 256;
const maximumDepth = 8;

type OthersWriter = (sample: unknown, subDevice: string | null, rows: MessageRows) => void;

/** @param claimed paths that are read otherwise, their steps joined by line feeds */
export function flattened(claimed: ReadonlySet<string>): OthersWriter {
  return (sample, subDevice, rows) => {
    let left = maximumLeaves;
    const visit = (value: unknown, path: readonly (string | number)[]): void => {
      if (typeof value === "object" && value !== null) {
        if (path.length >= maximumDepth) {
          rows.warn("too-deep", `values below ${maximumDepth} levels are left out`);
          return;
        }
        const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
        for (const step of steps) {
          const next = [...path, step];
          if (left > 0 && !claimed.has(next.join("\n")))
            visit((value as Record<string | number, unknown>)[step], next);
        }
        return;
      }
      const metric = metricOfPath(path);
      if (
        metric === null ||
        (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "bigint")
      )
        return;
      left--;
      if (typeof value === "boolean") rows.bool(subDevice, metric, value);
      else rows.double(subDevice, metric, null, Number(value));
      if (left === 0) rows.warn("too-many-values", `only the first ${maximumLeaves} unnamed values are kept`);
    };
    visit(sample, []);
  };
}
