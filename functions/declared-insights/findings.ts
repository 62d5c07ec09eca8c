/** What a declared insight says of one series, out of its roll-ups. Pure. */
import { findAnomalies, type AnomalyEvent } from "../insights/anomaly/events.ts";
import { crossings } from "../insights/threshold.ts";
import type { AnomalyInsight, DeclaredInsight, LimitInsight } from "./declaration.ts";
import { windows } from "./tables.ts";
import type { SeriesWindows } from "./windows.ts";

/** A row of `insights` without what all rows of a unit have in common. Times in microseconds. */
export interface Finding {
  readonly device: string;
  readonly sub: string | null;
  readonly metric: string | null;
  readonly codec: string | null;
  readonly ts: number;
  readonly until: number | null;
  readonly earliest?: number | null;
  readonly kind: string;
  readonly detail: string;
  readonly value?: number | null;
  readonly expected?: number | null;
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly score?: number | null;
  readonly model?: string | null;
  readonly rows: number;
}

/** Goes up with every change of what the detector finds. */
const detectorModel = "detector@4";

export type DailyInsight = Extract<DeclaredInsight, { kind: "gap" | "limit" | "anomaly" }>;

/**
 * Of a series that reaches from its history into the day that begins at `from`: what began in the day, gaps that ended
 * in it. Every value is in one day, so that no finding is in two.
 */
export function dailyFindings(insight: DailyInsight, series: SeriesWindows, from: number): Finding[] {
  switch (insight.kind) {
    case "gap":
      return gapsOf(series, insight.minutes * 60_000_000, from);
    case "limit":
      return limitsOf(insight, series, from);
    case "anomaly":
      return anomaliesOf(insight, series, from);
  }
}

const subject = ({ device, sub, metric, codec }: SeriesWindows) => ({ device, sub, metric, codec });

const rounded = (value: number): string => String(Number(value.toPrecision(5)));

const rowsOf = ({ counts, starts }: SeriesWindows, from: number): number =>
  counts.reduce((sum, count, index) => (starts[index]! >= from ? sum + count : sum), 0);

function gapsOf(series: SeriesWindows, least: number, from: number): Finding[] {
  const found: Finding[] = [];
  let last: number | null = null;
  series.starts.forEach((start, index) => {
    if (series.counts[index] === 0) return;
    const first = series.firstTs[index]!;
    if (last !== null && start >= from && first - last >= least) {
      const detail = `no value of ${series.metric} for ${rounded((first - last) / 60_000_000)} minutes`;
      const rows = rowsOf(series, from);
      found.push({ ...subject(series), ts: last, until: first, kind: "gap", detail, rows });
    }
    last = series.lastTs[index]!;
  });
  return found;
}

function limitsOf(
  { above, below, release, atLeast }: LimitInsight,
  series: SeriesWindows,
  from: number,
): Finding[] {
  const isAbove = above !== undefined;
  const limit = Number(above ?? below);
  const values = Float64Array.from(isAbove ? series.max : series.min);
  const threshold = { above: isAbove, limit, release: release ?? limit, atLeast };
  return crossings(values, threshold)
    .filter(({ first }) => series.starts[first]! >= from)
    .map(({ first, until, extreme }) => ({
      ...subject(series),
      ts: series.starts[first]!,
      until: until === undefined ? null : series.starts[until]!,
      kind: "limit",
      detail: `${series.metric} was ${rounded(extreme)}, ${isAbove ? "above" : "below"} ${rounded(limit)}`,
      value: extreme,
      expected: limit,
      rows: rowsOf(series, from),
    }));
}

/** Windows may be a spike's by their largest or smallest value alone, which their mean does not show. */
function anomaliesOf({ step, risk }: AnomalyInsight, series: SeriesWindows, from: number): Finding[] {
  const length = windows[step];
  const [begin] = series.starts;
  if (begin === undefined) return [];
  const count = Math.round((series.starts.at(-1)! - begin) / length) + 1;
  const isFlat = series.min.every((value, index) => Object.is(value, series.max[index]));
  const sides = isFlat ? [series.mean] : [series.mean, series.min, series.max];
  const events = sides.flatMap((side) => {
    const values = new Float64Array(count).fill(Number.NaN);
    series.starts.forEach((start, index) => (values[Math.round((start - begin) / length)] = side[index]!));
    return findAnomalies(values, { risk });
  });
  const time = (index: number): number => begin + index * length;
  const rows = rowsOf(series, from);
  return strongest(events)
    .filter(({ first }) => time(first) >= from)
    .map(({ kind, first, last, value, expected, score }) => ({
      ...subject(series),
      ts: time(first),
      until: time(last + 1),
      kind: "anomaly",
      detail:
        kind === "stuck"
          ? `${series.metric} did not change any more: ${rounded(value)}`
          : `${series.metric} was ${rounded(value)}; expected was ${rounded(expected)} (${kind})`,
      value,
      expected: Number.isFinite(expected) ? expected : null,
      score,
      model: detectorModel,
      rows,
    }));
}

/** Events that overlap are one thing, told by the one that stands out most. */
function strongest(events: readonly AnomalyEvent[]): AnomalyEvent[] {
  const found: AnomalyEvent[] = [];
  for (const event of events.toSorted((a, b) => a.first - b.first)) {
    const open = found.at(-1);
    if (open === undefined || event.first > open.last + 1) {
      found.push(event);
      continue;
    }
    const best = event.score > open.score ? event : open;
    found[found.length - 1] = { ...best, first: open.first, last: Math.max(open.last, event.last) };
  }
  return found;
}
