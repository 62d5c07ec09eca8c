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
  /** Which of several parts of the device; needed where more than one has the metric. */
  readonly subDevice?: string;
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
      : sql !== undefined
        ? await samplesOfLake(sql, [], site)
        : await samplesOfMetric(device!, metric!, options.subDevice, site);
  try {
    return regularise(samples, step === undefined ? undefined : step * 1e6);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandError(messageOf(error), exitCodes.failed);
  }
}

const ofMetric = `FROM readings
  WHERE device_id = ? AND metric = ? AND coalesce(value_double, value_int) IS NOT NULL`;

async function samplesOfMetric(
  device: string,
  metric: string,
  subDevice: string | undefined,
  site: CommandContext["site"],
): Promise<readonly Sample[]> {
  const columns = "SELECT ts, coalesce(value_double, value_int)";
  if (subDevice !== undefined)
    return samplesOfLake(
      `${columns} ${ofMetric} AND sub_device = ? ORDER BY ts DESC`,
      [device, metric, subDevice],
      site,
    );
  const parts = await site.query(`SELECT DISTINCT sub_device ${ofMetric} ORDER BY 1`, {
    parameters: [device, metric],
  });
  if (parts.rows.length > 1)
    throw new CommandError(
      `${parts.rows.length} parts of ${JSON.stringify(device)} have ${JSON.stringify(metric)}: ${parts.rows.map(([part]) => String(part ?? "itself")).join(", ")}`,
      exitCodes.usage,
      "--sub-device names one",
    );
  return samplesOfLake(`${columns} ${ofMetric} ORDER BY ts DESC`, [device, metric], site);
}

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
