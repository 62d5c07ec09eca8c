/** The commands for whoever looks after an environment: compact, report. */
import type { Command } from "commander";
import { wholePositive } from "./arguments.ts";
import type { CompactOptions } from "./commands/compact.ts";
import type { CommandContext } from "./commands/context.ts";
import type { ReportOptions } from "./commands/report.ts";

export function addKeepingCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  program
    .command("compact")
    .summary("make few larger files of the lake's small ones")
    .description(
      "Merges the files of each hour, without exact repeats, while rows come in and are asked for. The site does so by " +
        "itself for hours of four small files and more; this does it at once, from two on. Again it changes nothing.",
    )
    .option("--json", "files and bytes before and after, as JSON")
    .addHelpText("after", examples("npx fieldlake compact", "npx fieldlake compact --json"))
    .action(async (options: CompactOptions) =>
      (await import("./commands/compact.ts")).compact(options, context),
    );

  program
    .command("report")
    .summary("the state of the environment as a page to keep or to send")
    .description(
      "Writes one HTML file that needs nothing beside it: devices and who was silent, certificates that end soon, rows of " +
        "each day, what was quarantined and why, files by zone. Figures are those of the running site at that moment.",
    )
    .requiredOption("--html <file>", "the file to write; it must not exist")
    .option("--days <days>", "days of data volume and quarantine to look back on", wholePositive, 7)
    .addHelpText("after", examples("npx fieldlake report --html week.html --days 7"))
    .action(async (options: ReportOptions) =>
      (await import("./commands/report.ts")).report(options, context),
    );
}
