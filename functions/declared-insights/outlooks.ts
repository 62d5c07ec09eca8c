/** What a declared insight says of what comes, or does not come any more. Pure. */
import { forecast } from "../insights/forecast/forecast.ts";
import { remainingTime } from "../insights/remaining-time.ts";
import type { ForecastInsight } from "./declaration.ts";
import type { Finding } from "./findings.ts";
import { windows } from "./tables.ts";
import type { SeriesWindows } from "./windows.ts";

/** Goes up with every change of what the models say. */
const forecastVersion = 4;
/** Fewer say nothing about what comes next. */
const leastWindows = 24;
/** Values that a model looks at; a gap is longer than that nowhere. */
const mostWindows = 5_000;

/** The windows that follow the series' last one, and where a limit is declared, one row about it. */
export function forecastOf(insight: ForecastInsight, series: SeriesWindows): Finding[] {
  const { device, sub, metric, codec, starts, mean, counts } = series;
  const length = windows[insight.step];
  const last = starts.at(-1);
  if (last === undefined) return [];
  const begin = Math.max(starts[0]!, last - (mostWindows - 1) * length);
  const values = new Float64Array(Math.round((last - begin) / length) + 1).fill(Number.NaN);
  let rows = 0;
  let known = 0;
  starts.forEach((start, index) => {
    if (start < begin || counts[index] === 0) return;
    values[Math.round((start - begin) / length)] = mean[index]!;
    rows += counts[index]!;
    known++;
  });
  if (known < leastWindows) return [];
  const { horizon, level, above, below } = insight;
  const said = forecast(values, { horizon, level });
  const [best] = said.scores;
  const score = best !== undefined && Number.isFinite(best.relativeError) ? best.relativeError : null;
  const common = { device, sub, metric, codec, rows, score, model: `${said.model}@${forecastVersion}` };
  const share = `${Math.round(level * 100)} %`;
  const ahead = Array.from(said.point, (value, index): Finding => {
    const ts = last + (index + 1) * length;
    const [lower, upper] = [said.lower[index]!, said.upper[index]!];
    const detail = `${short(value)}, with ${share} between ${short(lower)} and ${short(upper)}`;
    return { ...common, ts, until: ts + length, kind: "forecast", detail, value, lower, upper };
  });
  const limits = [
    ...(above === undefined ? [] : [{ limit: above, isAbove: true }]),
    ...(below === undefined ? [] : [{ limit: below, isAbove: false }]),
  ].map(({ limit, isAbove }): Finding => {
    const { likely, earliest } = remainingTime(said, limit, isAbove);
    const time = (steps: number | undefined): number | null =>
      steps === undefined ? null : last + steps * length;
    const words = `${metric} ${isAbove ? "above" : "below"} ${short(limit)}`;
    const detail =
      likely !== undefined
        ? `${words}: likely`
        : earliest !== undefined
          ? `${words}: possible, not likely within the forecast`
          : `${words}: not within the forecast`;
    const [ts, until] = [last + length, time(likely)];
    return {
      ...common,
      ts,
      until,
      earliest: time(earliest),
      kind: "remaining-time",
      detail,
      expected: limit,
    };
  });
  return [...ahead, ...limits];
}

const short = (value: number): string => String(Number(value.toPrecision(5)));

/** A series whose last value is `minutes` ago, at microseconds `now`. */
export function lateOf(minutes: number, series: SeriesWindows, now: number): Finding[] {
  const last = Math.max(...series.lastTs.filter((time, index) => series.counts[index]! > 0 && time > 0));
  if (!Number.isFinite(last) || now - last < minutes * 60_000_000) return [];
  const { device, sub, metric, codec, counts } = series;
  const detail = `no value of ${metric} since ${new Date(last / 1000).toISOString()}`;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return [{ device, sub, metric, codec, ts: last, until: null, kind: "late", detail, rows }];
}
