/** The commands for whoever wants answers about series: forecast, anomalies, and what the declared insights found. */
import { Option, type Command } from "commander";
import { positive, wholePositive } from "./arguments.ts";
import type { CommandContext } from "./commands/context.ts";
import type { AnomaliesOptions } from "./commands/insights/anomalies.ts";
import type { ForecastCommandOptions } from "./commands/insights/forecast.ts";
import type { ComputeInsightsOptions, ListInsightsOptions } from "./commands/insights/insights.ts";
import { insightKinds } from "../functions/declared-insights/question.ts";

const withSeries = (command: Command): Command =>
  command
    .option("--file <path>", "CSV, JSON or Parquet with times and values")
    .option("--time <column>", "the file's times (default: the column that holds some)")
    .option("--value <column>", "the file's values (default: the first other column of numbers)")
    .option("--device <id>", "a device in the lake, with --metric")
    .option("--metric <name>", "its metric")
    .option("--sub-device <name>", "the part of the device, where several have the metric")
    .option("--sql <statement>", "a question to the lake: first column a time, second a number")
    .option("--step <seconds>", "between values (default: the usual distance)", positive)
    .option("--json", "everything, as JSON");

export function addInsightCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  withSeries(program.command("forecast"))
    .summary("the next values of a series, with an interval")
    .description(
      "Tries several models on the series' own past, takes the one that did best, and prints its forecast with an " +
        "interval that held the given share of what came in that trial.",
    )
    .option(
      "--horizon <values>",
      "how many values ahead (default: a quarter of the series, at most 48)",
      wholePositive,
    )
    .option("--level <share>", "share of values that the interval is to hold", positive, 0.9)
    .option(
      "--season <values>",
      "values in a season, 1 for none (default: what the series shows)",
      wholePositive,
    )
    .addOption(new Option("--above <limit>", "say when it will be above this").argParser(Number))
    .addOption(new Option("--below <limit>", "say when it will be below this").argParser(Number))
    .addHelpText(
      "after",
      examples(
        "npx fieldlake forecast --device tracker-lpp-01 --metric analog_input --above 30",
        "npx fieldlake forecast --file tank.csv --time when --value level --horizon 96 --below 0.2 --json",
      ),
    )
    .action(async (options: ForecastCommandOptions) =>
      (await import("./commands/insights/forecast.ts")).forecastCommand(options, context),
    );

  withSeries(program.command("anomalies"))
    .summary("what stands out in a series, and its gaps")
    .description(
      "Learns the series' season and spread without labels and prints spikes, shifts of level and stretches where the " +
        "value is stuck. The first 150 values only teach.",
    )
    .option(
      "--risk <share>",
      "share of usual values that may be called anomalies (default: 0.00003)",
      positive,
    )
    .addHelpText(
      "after",
      examples(
        "npx fieldlake anomalies --device press-01 --metric temperature --json",
        "npx fieldlake anomalies --sql \"select ts, sqrt(accel_x^2 + accel_y^2 + accel_z^2) from frames_wearable_imu where device_id = 'wrist-01'\"",
      ),
    )
    .action(async (options: AnomaliesOptions) =>
      (await import("./commands/insights/anomalies.ts")).anomalies(options, context),
    );

  const insights = program.command("insights").summary("what the insights of fieldlake:insights found");
  insights
    .command("list", { isDefault: true })
    .summary("the newest, with what they rest on")
    .addOption(new Option("--kind <kind>", "of one kind").choices(insightKinds))
    .option("--insight <name>", "of one declared insight")
    .option("--device <id>", "of one device")
    .option("--limit <count>", "at most so many", wholePositive, 100)
    .option("--json", "everything, as JSON, with files and their hashes")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake insights --kind anomaly --device press-01",
        'npx fieldlake query "select * from rollups_1h order by ts desc limit 20"',
      ),
    )
    .action(async (options: ListInsightsOptions) =>
      (await import("./commands/insights/insights.ts")).listInsights(options, context),
    );
  insights
    .command("compute")
    .summary("work out now what changed since the last time")
    .option("--json", "as JSON")
    .action(async (options: ComputeInsightsOptions) =>
      (await import("./commands/insights/insights.ts")).computeInsights(options, context),
    );
}
