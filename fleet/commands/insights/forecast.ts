import { isoMicros } from "../../../functions/core/instant.ts";
import { forecast, type Forecast } from "../../../functions/insights/forecast/forecast.ts";
import { remainingTime } from "../../../functions/insights/remaining-time.ts";
import type { Series } from "../../../functions/insights/series.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { seriesOf, type SeriesOptions } from "../../insights/series-source.ts";
import { renderTable } from "../../render/table.ts";
import { counted, duration } from "../../render/units.ts";
import { rounded } from "../../render/numbers.ts";
import type { CommandContext } from "../context.ts";

export interface ForecastCommandOptions extends SeriesOptions {
  /** Values ahead. */
  readonly horizon?: number;
  readonly level: number;
  /** Values in a season; default: what the series shows. */
  readonly season?: number;
  /** Limits to say the remaining time to. */
  readonly above?: number;
  readonly below?: number;
  readonly json?: boolean;
}

const mostLines = 48;

/** Prints the next values of a series with an interval, which model made them, and how it did on the past. */
export async function forecastCommand(
  options: ForecastCommandOptions,
  context: Pick<CommandContext, "terminal" | "site">,
): Promise<void> {
  if (options.level >= 1)
    throw new CommandError(
      `--level is ${options.level}; allowed: between 0 and 1, e.g. 0.9`,
      exitCodes.usage,
    );
  const series = await seriesOf(options, context);
  const said = forecast(series.values, {
    horizon: options.horizon ?? defaultHorizon(series),
    level: options.level,
    ...(options.season !== undefined && { periods: options.season > 1 ? [options.season] : [] }),
  });
  if (options.json === true)
    context.terminal.write(`${JSON.stringify(asJson(series, said, options), null, 2)}\n`);
  else print(series, said, options, context);
}

const defaultHorizon = ({ values }: Series): number => Math.max(1, Math.min(48, values.length >> 2));

const timeOf = ({ start, step, values }: Series, ahead: number): string =>
  isoMicros(Math.round(start + (values.length + ahead) * step));

function limitsOf(said: Forecast, { above, below }: ForecastCommandOptions) {
  const limits = [
    { limit: above, above: true },
    { limit: below, above: false },
  ];
  return limits.flatMap(({ limit, above: up }) =>
    limit === undefined ? [] : [{ limit, above: up, ...remainingTime(said, limit, up) }],
  );
}

function asJson(series: Series, said: Forecast, options: ForecastCommandOptions) {
  return {
    values: series.values.length,
    stepSeconds: series.step / 1e6,
    season: said.periods,
    model: said.model,
    level: said.level,
    backTest: { origins: said.origins, relativeErrors: said.scores },
    limits: limitsOf(said, options).map(({ likely, earliest, ...limit }) => ({
      ...limit,
      ...(likely !== undefined && { likely: timeOf(series, likely - 1) }),
      ...(earliest !== undefined && { earliest: timeOf(series, earliest - 1) }),
    })),
    forecast: Array.from(said.point, (point, ahead) => ({
      ts: timeOf(series, ahead),
      point,
      lower: said.lower[ahead],
      upper: said.upper[ahead],
    })),
  };
}

function print(
  series: Series,
  said: Forecast,
  options: ForecastCommandOptions,
  { terminal }: Pick<CommandContext, "terminal">,
): void {
  const share = `${rounded(said.level * 100)} %`;
  const lines = Array.from(said.point.subarray(0, mostLines), (point, ahead) => [
    timeOf(series, ahead),
    rounded(point),
    rounded(said.lower[ahead]!),
    rounded(said.upper[ahead]!),
  ]);
  const titles = ["time (UTC)", "forecast", `lower ${share}`, `upper ${share}`];
  terminal.print(
    renderTable(
      titles.map((title, at) => ({ title, align: at > 0 ? "right" : "left" })),
      lines,
      terminal,
    ),
  );
  if (said.point.length > mostLines)
    terminal.note(`and ${said.point.length - mostLines} more: --json prints all`);
  const season = said.periods.length > 0 ? `seasons of ${said.periods.join(" and ")} values` : "no season";
  terminal.print(
    `${counted(series.values.length, "value")} every ${duration(series.step / 1e3)}, ${season}; by ${said.model}`,
  );
  const [best] = said.scores;
  if (best)
    terminal.print(
      `back-test from ${counted(said.origins, "origin")}: ${rounded(best.relativeError)} times the error of a seasonal naive forecast`,
    );
  for (const { limit, above, likely, earliest } of limitsOf(said, options)) {
    const reaches = `${above ? "above" : "below"} ${rounded(limit)}`;
    const moment = (ahead: number): string => timeOf(series, ahead - 1);
    terminal.print(
      likely !== undefined
        ? `${reaches}: ${moment(likely)}, at the earliest ${moment(earliest ?? likely)}`
        : earliest !== undefined
          ? `${reaches}: not likely within the forecast, at the earliest ${moment(earliest)}`
          : `${reaches}: not within the forecast`,
    );
  }
}
