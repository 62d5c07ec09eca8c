import { isoMicros } from "../../../functions/core/instant.ts";
import { findAnomalies } from "../../../functions/insights/anomaly/events.ts";
import { gaps } from "../../../functions/insights/gaps.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { seriesOf, type SeriesOptions } from "../../insights/series-source.ts";
import { renderTable } from "../../render/table.ts";
import { counted, duration } from "../../render/units.ts";
import { rounded } from "../../render/numbers.ts";
import type { CommandContext } from "../context.ts";

export interface AnomaliesOptions extends SeriesOptions {
  /** Share of usual values that may be called anomalies. */
  readonly risk?: number;
  readonly json?: boolean;
}

/** Prints what stands out in a series: when, how, how far from the expected; and its gaps. */
export async function anomalies(
  options: AnomaliesOptions,
  context: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  const { risk } = options;
  if (risk !== undefined && risk >= 0.05)
    throw new CommandError(`--risk is ${risk}; allowed: above 0, below 0.05, e.g. 3e-5`, exitCodes.usage);
  const series = await seriesOf(options, context);
  const { terminal } = context;
  const time = (index: number): string => isoMicros(Math.round(series.start + index * series.step));
  const found = findAnomalies(series.values, risk === undefined ? {} : { risk });
  const missing = gaps(series);
  if (options.json === true) {
    const events = found.map(({ first, last, peak, ...event }) => ({
      from: time(first),
      to: time(last),
      peak: time(peak),
      ...event,
    }));
    const without = missing.map(({ from, length }) => ({ from: isoMicros(from), seconds: length / 1e6 }));
    const { length: values } = series.values;
    terminal.write(
      `${JSON.stringify({ values, stepSeconds: series.step / 1e6, anomalies: events, gaps: without }, null, 2)}\n`,
    );
    return;
  }
  if (found.length > 0) {
    const rows = found.map(({ kind, first, last, value, expected, score }) => [
      time(first),
      duration(((last - first + 1) * series.step) / 1e3),
      kind,
      rounded(value),
      rounded(expected),
      rounded(score),
    ]);
    const titles = ["from (UTC)", "for", "kind", "came", "expected", "score"];
    terminal.print(
      renderTable(
        titles.map((title, at) => ({ title, align: at > 2 ? "right" : "left" })),
        rows,
        terminal,
      ),
    );
  }
  terminal.print(
    `${counted(found.length, "anomaly", "anomalies")} and ${counted(missing.length, "gap")} in ` +
      `${counted(series.values.length, "value")} every ${duration(series.step / 1e3)}`,
  );
}
