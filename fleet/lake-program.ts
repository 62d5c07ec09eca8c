/** The commands for a whole lake. */
import type { Command } from "commander";
import { moment } from "./arguments.ts";
import type { CommandContext } from "./commands/context.ts";
import type { LakeCopyOptions } from "./commands/lake/copy.ts";

export function addLakeCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  program
    .command("lake")
    .summary("the lake as a whole: copy it to another stack")
    .description("What moves with an environment from one target to another (docs/operations.md).")
    .command("copy <source> <destination>")
    .summary("what one stack's lake has, into the lake of another one")
    .description(
      "Rows, quarantine and raw messages of a stack, written anew as the destination writes its own, under its own key. Each row that was " +
        "read is compared with what lies there then. Ended at any moment, the same command goes on; again it brings what is new. " +
        "What the destination has of a message already stays. Insights are worked out there, of the same rows.",
    )
    .option("--from <time>", "full hour of the first rows and messages; default: the first there are", moment)
    .option("--to <time>", "full hour of the first that are left out; default: all", moment)
    .option("--dry-run", "only say which files would be copied")
    .option("--json", "what was copied, as JSON")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake lake copy local-dev aws-dev --dry-run",
        "npx fieldlake lake copy local-dev azure-dev --from 2026-11-01 --to 2026-11-08",
      ),
    )
    .action(async (source: string, destination: string, options: LakeCopyOptions) =>
      (await import("./commands/lake/copy.ts")).lakeCopy(source, destination, options, context),
    );
}
