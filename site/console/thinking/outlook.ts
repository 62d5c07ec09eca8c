/** What a series lets expect, and what stood out in it. Pure. */
import { findAnomalies } from "../../../functions/insights/anomaly/events.ts";
import { forecast } from "../../../functions/insights/forecast/forecast.ts";
import { gaps } from "../../../functions/insights/gaps.ts";
import { regularise } from "../../../functions/insights/series.ts";
import type { Outlook, Series } from "../api.ts";

export interface OutlookOptions {
  /** Values ahead. */
  readonly ahead: number;
  /** Share of the values that the interval is to hold. */
  readonly level: number;
}

/** Fewer say nothing about what comes next. */
const leastValues = 12;

const none: Outlook = { step: 0, values: 0, forecast: null, anomalies: [], gaps: [] };

/** Of the means of the series' buckets; the same series gives the same outlook. */
export function outlookOf(
  { time, mean }: Pick<Series, "time" | "mean">,
  { ahead, level }: OutlookOptions,
): Outlook {
  if (time.length < leastValues || time[0] === time.at(-1)) return { ...none, values: time.length };
  const series = regularise(time.map((at, index) => ({ time: at * 1000, value: mean[index] ?? Number.NaN })));
  const at = (index: number): number => (series.start + index * series.step) / 1000;
  const said = forecast(series.values, { horizon: ahead, level });
  const [best] = said.scores;
  return {
    step: series.step / 1000,
    values: series.values.length,
    forecast: {
      model: said.model,
      level: said.level,
      seasons: [...said.periods],
      relativeError: best !== undefined && Number.isFinite(best.relativeError) ? best.relativeError : null,
      time: Array.from(said.point, (_, index) => at(series.values.length + index)),
      point: [...said.point],
      lower: [...said.lower],
      upper: [...said.upper],
    },
    anomalies: findAnomalies(series.values).map(({ kind, first, last, peak, value, expected, score }) => ({
      kind,
      from: at(first),
      to: at(last),
      peak: at(peak),
      value,
      expected: Number.isFinite(expected) ? expected : null,
      score,
    })),
    gaps: gaps(series).map(({ from, length }) => ({ from: from / 1000, milliseconds: length / 1000 })),
  };
}
