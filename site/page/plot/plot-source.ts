/** Fetches what the plot shows, and only what has changed since. */
import type { Busiest, Metric, Metrics, Series } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import { keyOf } from "./metric-key.ts";
import { resolve, type Span } from "./plot-range.ts";
import { chosenMetrics, extentOf, rangeOf, type PlotState } from "./plot-state.ts";

export interface Plotted {
  readonly device: string;
  readonly metrics: readonly Metric[];
  readonly chosen: readonly Metric[];
  /** From the oldest to the newest value of the chosen ones. */
  readonly extent: Span | null;
  readonly span: Span | null;
  /** By key of the metric. */
  readonly series: ReadonlyMap<string, Series>;
}

/** Device that sent most lately; null where the lake holds no value at all. */
export async function busiestDevice(signal: AbortSignal): Promise<string | null> {
  return (await ask<Busiest>("busiest", {}, signal)).device;
}

export class PlotSource {
  #loaded: { readonly about: string; readonly series: ReadonlyMap<string, Series> } | null = null;

  /** @param points CSS pixels of the plotting area */
  async load(device: string, state: PlotState, points: number, signal: AbortSignal): Promise<Plotted> {
    const { metrics } = await ask<Metrics>("metrics", { device }, signal);
    const chosen = chosenMetrics(metrics, state.keys);
    const extent = extentOf(chosen);
    if (extent === null) return { device, metrics, chosen, extent, span: null, series: new Map() };
    const span = resolve(rangeOf(state), extent);
    const about = JSON.stringify([device, chosen.map(keyOf), span, Math.min(extent.to, span.to), points]);
    if (this.#loaded?.about !== about) {
      const series = await this.#fetch(device, chosen, span, points, signal);
      this.#loaded = { about, series };
    }
    return { device, metrics, chosen, extent, span, series: this.#loaded.series };
  }

  async #fetch(
    device: string,
    chosen: readonly Metric[],
    span: Span,
    points: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Series>> {
    // A little beyond both edges, so that lines don't end inside the plot.
    const margin = (span.to - span.from) / 50;
    const range = { from: span.from - margin, to: span.to + margin, points };
    const series = await Promise.all(
      chosen.map(({ metric, table, sub }) =>
        ask<Series>("series", { device, metric, table, sub: sub ?? "", ...range }, signal),
      ),
    );
    return new Map(
      chosen.flatMap((metric, index) => (series[index] ? [[keyOf(metric), series[index]]] : [])),
    );
  }
}
