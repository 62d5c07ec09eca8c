/** Where a series is to be seen around something that was found in it. Pure: no document. */
import { formatRoute } from "../lib/route.ts";
import { keyOf } from "./metric-key.ts";
import { writeState } from "./plot-state.ts";
import type { Span } from "./plot-range.ts";

export interface FoundIn {
  readonly device: string;
  readonly sub: string | null;
  /** Null where it is about the device as a whole. */
  readonly metric: string | null;
}

/** Milliseconds before and behind it, at the least. */
const leastMargin = 30 * 60_000;

/** @param anomalies whether what stands out is marked, too */
export function seriesAddress(
  { device, sub, metric }: FoundIn,
  { from, to }: Span,
  anomalies: boolean,
): string {
  const margin = Math.max(leastMargin, (to - from) / 2);
  const state = {
    ...{ device, keys: metric === null ? [] : [keyOf({ metric, sub })], preset: "1h" as const },
    ...{ fixed: { from: from - margin, to: to + margin }, forecast: false, anomalies },
  };
  return formatRoute("fleet", writeState(state));
}
