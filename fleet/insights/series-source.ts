import { regularise, type Sample, type Series } from "../../functions/insights/series.ts";
import { parseIsoTime } from "../../functions/core/normalise/iso-time.ts";
import type { CommandContext } from "../commands/context.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { samplesOfFile } from "./file-series.ts";

export interface SeriesOptions {
  /** A file instead of the lake. */
  readonly file?: string;
  readonly time?: string;
  readonly value?: string;
  readonly device?: string;
  readonly metric?: string;
  /** A question to the lake: its first column is the time, its second the value. */
  readonly sql?: string;
  /** Seconds between values; default: the usual distance between neighbours. */
  readonly step?: number;
}

const mostSamples = 1_000_000;

/** The series that the options name: a file's, or a device's metric in the lake. */
export async function seriesOf(
  options: SeriesOptions,
  { site }: Pick<CommandContext, "site">,
): Promise<Series> {
  const { file, device, metric, sql, step } = options;
  const named = [file, sql, device ?? metric].filter((source) => source !== undefined);
  if (named.length !== 1 || (device === undefined) !== (metric === undefined))
    throw new CommandError(
      "a series is a file's, a device's metric in the lake, or a question's answer",
      exitCodes.usage,
      "give one of: --file FILE, --device ID with --metric NAME, --sql STATEMENT",
    );
  const samples =
    file !== undefined
      ? await samplesOfFile(file, options)
      : await samplesOfLake(sql ?? ofMetric, sql === undefined ? [device!, metric!] : [], site);
  try {
    return regularise(samples, step === undefined ? undefined : step * 1e6);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandError(messageOf(error), exitCodes.failed);
  }
}

const ofMetric = `SELECT ts, coalesce(value_double, value_int) FROM readings
  WHERE device_id = ? AND metric = ? AND coalesce(value_double, value_int) IS NOT NULL ORDER BY ts DESC`;

async function samplesOfLake(
  sql: string,
  parameters: readonly string[],
  site: CommandContext["site"],
): Promise<readonly Sample[]> {
  const { columns, rows } = await site.query(sql, { parameters, maxRows: mostSamples });
  if (columns.length < 2 || !columns[0]!.type.startsWith("TIMESTAMP"))
    throw new CommandError(
      `the answer has the columns ${columns.map(({ name, type }) => `${name} (${type})`).join(", ")}`,
      exitCodes.usage,
      "allowed: first a time, then a number",
    );
  if (rows.length === 0)
    throw new CommandError(
      "the lake has no such values",
      exitCodes.failed,
      'npx fieldlake query "select device_id, metric, count(*) from readings group by all" lists what it has',
    );
  return rows.flatMap(([ts, value]) => {
    const time = parseIsoTime(String(ts), 0);
    return time === null || value === null ? [] : [{ time: time.micros, value: Number(value) }];
  });
}
