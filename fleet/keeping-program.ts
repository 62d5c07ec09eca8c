/** The commands for whoever looks after an environment: compact, replay, report. */
import type { Command } from "commander";
import { moment, wholePositive } from "./arguments.ts";
import type { CompactOptions } from "./commands/compact.ts";
import type { CommandContext } from "./commands/context.ts";
import type { ReplayOptions } from "./commands/replay.ts";
import type { ReportOptions } from "./commands/report/report.ts";
import { localStack } from "./environment.ts";

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
    .command("replay")
    .summary("decode stored messages again with a newer decoder")
    .description(
      "Takes messages as they came, from the raw zone, through the profile that is deployed now. Its rows take the place of " +
        "those that the messages had, and what was in quarantine becomes rows where it can. Each step is one commit of the " +
        "lake: ended at any moment, nothing is lost or doubled, and the same command does the rest. Again it changes nothing.",
    )
    .requiredOption(
      "--codec <name@version>",
      "profile whose messages are decoded again, in its deployed version",
    )
    .option("--from <time>", "arrival of the first messages; default: the first there are", moment, 0)
    .option("--to <time>", "arrival of the first that are left out; default: now", moment)
    .option("--dry-run", "only say what would change")
    .option(
      "--stack <stack>",
      "a stack in a cloud, by your own credentials (default: the site on this machine)",
    )
    .option("--json", "the report, and on this machine the lineage of all replays, as JSON")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake replay --codec machine-json@2 --from 2026-11-01 --dry-run",
        "npx fieldlake replay --codec machine-json@2 --from 2026-11-01T06:00:00Z --to 2026-11-02",
        "npx fieldlake replay --codec machine-json@2 --stack azure-dev --dry-run",
      ),
    )
    .action(async (options: ReplayOptions) =>
      options.stack === undefined || options.stack === localStack
        ? (await import("./commands/replay.ts")).replay(options, context)
        : (await import("./commands/replay-stack.ts")).replayStack(options.stack, options, context),
    );

  program
    .command("report")
    .summary("the state of the environment as a page to keep or to send")
    .description(
      "Writes one HTML or PDF file that needs nothing beside it: alarms, devices and who was silent, certificates that end soon, rows of " +
        "each day, what was quarantined and why, files by zone. Figures are those of the running site at that moment; with --stack " +
        "those that the services of a cloud tell by your own credentials, with files in place of rows.",
    )
    .option("--html <file>", "a page to write; it must not exist")
    .option("--pdf <file>", "a PDF to write; it must not exist")
    .option("--stack <name>", "stack in a cloud (default: the one on this machine)")
    .option("--days <days>", "days of data volume and quarantine to look back on", wholePositive, 7)
    .option("--list", "which reports a stack in a cloud made by itself")
    .option("--kept <id>", "one of these instead of a new one: its id, or newest")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake report --pdf week.pdf --days 7",
        "npx fieldlake report --stack aws-prod --html week.html",
        "npx fieldlake report --stack aws-prod --list",
        "npx fieldlake report --stack aws-prod --kept newest --pdf today.pdf",
      ),
    )
    .action(async (options: ReportOptions) =>
      (await import("./commands/report/report.ts")).report(options, context),
    );
}
