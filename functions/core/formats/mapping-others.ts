/** Numbers and booleans of a message that its profile does not name, as readings named by their path. */

import type { MessageRows } from "../rows.ts";
import { TreeTime } from "../tree.ts";
import { metricOfPath } from "./mapping-path.ts";

/** Leaves of one record that become readings, and levels that are looked into. */
const maximumLeaves = 256;
const maximumDepth = 8;

type OthersWriter = (record: unknown, subDevice: string | null, rows: MessageRows) => void;

/**
 * @param claimed paths that are read otherwise, their steps joined by line feeds
 * @param numberOf a text as the number it is, for formats that have nothing but texts; null where it is none
 */
export function flattened(
  claimed: ReadonlySet<string>,
  numberOf: ((text: string) => number | bigint | null) | null,
): OthersWriter {
  return (record, subDevice, rows) => {
    let left = maximumLeaves;
    const visit = (given: unknown, path: readonly (string | number)[]): void => {
      if (typeof given === "object" && given !== null) {
        if (given instanceof Uint8Array || given instanceof TreeTime) return;
        if (path.length >= maximumDepth) {
          rows.warn("too-deep", `values below ${maximumDepth} levels are left out`);
          return;
        }
        // With what a protobuf message inherits: fields that were not sent, because they are zero.
        for (const step in given) {
          const next = [...path, step];
          if (left > 0 && !claimed.has(next.join("\n")))
            visit((given as Record<string, unknown>)[step], next);
        }
        return;
      }
      const value = typeof given === "string" && numberOf !== null ? numberOf(given) : given;
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
    visit(record, []);
  };
}
