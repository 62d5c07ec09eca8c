/** Paths into messages that have names: keys joined by `.`, array places as `[n]`. */

import { toMetric } from "../normalise/metric.ts";

export type TreePath = readonly (string | number)[];

/** What a path may look like. Keys that JavaScript objects inherit from are no keys of a device's. */
export const treePathPattern =
  /^(?!.*(?:^|\.)(?:__proto__|prototype|constructor)(?:[.[]|$))[^.[\]]+(?:\[\d{1,5}\])*(?:\.[^.[\]]+(?:\[\d{1,5}\])*)*$/;

/** Take a path apart. Throws an Error for one that is none. */
export function parseTreePath(path: string): TreePath {
  if (!treePathPattern.test(path))
    throw new Error(`path "${path}": allowed: keys joined by ".", array places as [n]`);
  return path.split(".").flatMap((step) => {
    const [key = "", ...places] = step.split("[");
    return [key, ...places.map((place) => Number.parseInt(place, 10))];
  });
}

/** The value at a path; undefined where there is none. Inherited properties are none. */
export function valueAt(root: unknown, path: TreePath): unknown {
  let value = root;
  for (let index = 0; index < path.length; index++) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[path[index]!];
  }
  return typeof value === "function" ? undefined : value;
}

/** A path as a metric: keys and places joined by `_`. */
export function metricOfPath(path: TreePath): string | null {
  return toMetric(path.join("_"));
}
