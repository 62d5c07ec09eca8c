/** The plot in words: beside its title, and for those who don't see it. Pure: no document. */
import type { Series } from "../../console/api.ts";
import {
  counted,
  formatClock,
  formatDay,
  formatSpan,
  formatTime,
  formatUtc,
  formatValue,
} from "../lib/format.ts";
import { keyOf, labelOf } from "./metric-key.ts";
import type { Span } from "./plot-range.ts";
import type { Plotted } from "./plot-source.ts";

const sixHours = 6 * 3_600_000;

/** Digits of a second that tell two buckets apart. */
const fraction = (series: Series | undefined): number => ((series?.bucket ?? 1000) < 1000 ? 3 : 0);

export function timeText(time: number, series: Series | undefined): string {
  const isToday = new Date(time).toDateString() === new Date().toDateString();
  const clock = formatClock(time, fraction(series));
  return isToday ? clock : `${formatDay(time)} ${clock}`;
}

/** `14:00:00 – 15:00:00 · 36,000 values, 3 s a point`. */
export function rangeText({ from, to }: Span, series: Series | undefined): string {
  if (series === undefined) return "";
  const isSameDay = new Date(from).toDateString() === new Date(to).toDateString();
  // Over hours the seconds tell nothing.
  const written = (text: string): string => (to - from < sixHours ? text : text.slice(0, -3));
  const end = written(isSameDay ? formatClock(to) : formatTime(to));
  const detail = series.values > series.time.length ? `, ${formatSpan(series.bucket)} a point` : "";
  return `${written(formatTime(from))} – ${end} · ${counted(series.values, "value")}${detail}`;
}

export function describePlot({ device, chosen, span, series }: Plotted): string {
  if (span === null) return `Time series of ${device}: nothing to show`;
  const metrics = chosen.map((metric) => {
    const values = series.get(keyOf(metric));
    if (values === undefined || values.values === 0) return `${labelOf(metric)}: no values`;
    const [low, high] = [Math.min(...values.min), Math.max(...values.max)];
    return `${labelOf(metric)}: ${formatValue(low)} to ${formatValue(high)} ${metric.unit ?? ""}`.trim();
  });
  return `Time series of ${device} from ${formatUtc(span.from)} to ${formatUtc(span.to)}. ${metrics.join("; ")}`;
}

/** What the keys do, for those who hear the page. */
export const plotKeys =
  "Plus and minus zoom, left and right arrow move, with shift they step through the values. " +
  "Home and End lead to the oldest and newest values, 0 back to following the newest.";
