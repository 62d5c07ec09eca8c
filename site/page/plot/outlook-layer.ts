/** What comes next and what stood out, of the plotted numbers: asked for when somebody wants it, drawn over the plot. */
import type uPlot from "uplot";
import type { Metric, Outlook } from "../../console/api.ts";
import { ask, RefusedError } from "../lib/api.ts";
import { element, reconcile, setText } from "../lib/dom.ts";
import type { ChartColors } from "./chart-style.ts";
import { keyOf } from "./metric-key.ts";
import { drawOutlook } from "./outlook-drawing.ts";
import { outlookWords } from "./outlook-words.ts";
import type { Overlay } from "./plot-chart.ts";
import type { Span } from "./plot-range.ts";
import type { Plotted } from "./plot-source.ts";
import type { PlotState } from "./plot-state.ts";
import { scaleOf } from "./plotted-series.ts";

/**
 * Buckets of the stretch, as many as the API takes: where they hold one and two values by turns, their means waver by
 * themselves, and a value that is far off is halved.
 */
const points = 2000;
/** Milliseconds that an outlook of a plot serves that follows the newest value. */
const keptMs = 15_000;

interface Layer {
  readonly metric: Metric;
  readonly slot: number;
  readonly outlook: Outlook;
}

export class OutlookLayer implements Overlay {
  /** The same in words, below the plot. */
  readonly element = element("ul", { class: "plot-outlook", attributes: { "aria-live": "polite" } });
  #show = { forecast: false, anomalies: false };
  #layers: readonly Layer[] = [];
  #loaded = { about: "", at: 0 };

  /** Leaves what is shown as it is where it is fresh enough. */
  async load(
    { device, chosen, span }: Plotted,
    { preset, fixed, forecast, anomalies }: PlotState,
    slotOf: (key: string) => number | null,
    signal: AbortSignal,
  ): Promise<void> {
    this.#show = { forecast, anomalies };
    const metrics = forecast || anomalies ? chosen.filter(({ kind }) => kind === "number") : [];
    const about = JSON.stringify([device, metrics.map(keyOf), fixed ?? preset]);
    const isFresh = about === this.#loaded.about && Date.now() - this.#loaded.at < keptMs;
    if (!isFresh) {
      if (about !== this.#loaded.about) this.#layers = [];
      this.#layers = span === null ? [] : await this.#fetch(device, metrics, span, slotOf, signal);
      this.#loaded = { about, at: Date.now() };
    }
    this.#renderWords();
  }

  /** As far as forecasts reach, where they are shown. */
  widened(span: Span): Span {
    const ends = this.#layers.map(({ outlook }) => outlook.forecast?.time.at(-1) ?? span.to);
    return this.#show.forecast ? { from: span.from, to: Math.max(span.to, ...ends) } : span;
  }

  draw(chart: uPlot, colors: ChartColors): void {
    for (const { metric, slot, outlook } of this.#layers) {
      const color = colors.series[slot] ?? colors.accent;
      drawOutlook(chart, {
        outlook,
        scale: scaleOf(metric),
        color,
        warning: colors.warning,
        show: this.#show,
      });
    }
  }

  reach(scale: string): readonly number[] {
    if (!this.#show.forecast) return [];
    return this.#layers.flatMap(({ metric, outlook: { forecast } }) =>
      forecast !== null && scaleOf(metric) === scale ? [...forecast.lower, ...forecast.upper] : [],
    );
  }

  async #fetch(
    device: string,
    metrics: readonly Metric[],
    { from, to }: Span,
    slotOf: (key: string) => number | null,
    signal: AbortSignal,
  ): Promise<readonly Layer[]> {
    // The newest value lies at the end of the stretch, which is not part of it.
    const range = { from, to: to + 1, points };
    const layers = await Promise.all(
      metrics.map(async (metric): Promise<Layer[]> => {
        const { metric: name, table, sub } = metric;
        const asked = { device, metric: name, table, sub: sub ?? "", ...range };
        const outlook = await ask<Outlook>("outlook", asked, signal).catch((error: unknown) => {
          // The plot itself goes on without.
          if (error instanceof RefusedError) return null;
          throw error;
        });
        return outlook === null ? [] : [{ metric, slot: slotOf(keyOf(metric)) ?? 0, outlook }];
      }),
    );
    return layers.flat();
  }

  #renderWords(): void {
    const words = this.#layers.flatMap(({ metric, outlook }) => outlookWords(metric, outlook, this.#show));
    reconcile(
      this.element,
      words,
      (text) => text,
      () => element("li"),
      setText,
    );
  }
}
