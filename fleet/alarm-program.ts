/** The commands for whoever looks after alarms: list, acknowledge, silence. */
import { Option, type Command } from "commander";
import { ofStack, positive, wholePositive } from "./arguments.ts";
import type { CommandContext } from "./commands/context.ts";
import type { AcknowledgeOptions, ListOptions, SilenceOptions } from "./commands/alarms/alarms.ts";

export function addAlarmCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  const alarms = program
    .command("alarms")
    .summary("what the rules of fieldlake:alarms found; acknowledge, silence");
  alarms
    .command("list", { isDefault: true })
    .summary("the newest alarms")
    .addOption(
      new Option("--state <state>", "which ones").choices(["open", "unacknowledged", "all"]).default("all"),
    )
    .option("--device <id>", "of one device")
    .addOption(ofStack())
    .option("--limit <count>", "at most so many", wholePositive, 100)
    .option("--json", "everything, as JSON")
    .addHelpText("after", examples("npx fieldlake alarms --state open", "npx fieldlake alarms list --json"))
    .action(async (options: ListOptions) =>
      (await import("./commands/alarms/alarms.ts")).listAlarms(options, context),
    );
  alarms
    .command("acknowledge <id>")
    .alias("ack")
    .summary("somebody looks after it")
    .requiredOption("--by <person>", "who it is")
    .option("--note <text>", "what was found", "")
    .addOption(ofStack())
    .option("--json", "the alarm, as JSON")
    .addHelpText(
      "after",
      examples('npx fieldlake alarms ack 4be1c0a2d3e4f567 --by kim --note "fan replaced"'),
    )
    .action(async (id: string, options: AcknowledgeOptions) =>
      (await import("./commands/alarms/alarms.ts")).acknowledgeAlarm(id, options, context),
    );
  alarms
    .command("silence")
    .summary("tell nobody for a while; alarms are raised all the same")
    .option("--rule <glob>", "of these rules", "*")
    .option("--device <glob>", "of these devices", "*")
    .requiredOption("--minutes <count>", "from now", positive)
    .requiredOption("--by <person>", "who it is")
    .requiredOption("--reason <text>", "why nobody is to be told")
    .addOption(ofStack())
    .option("--json", "the silence, as JSON")
    .addHelpText(
      "after",
      examples(
        'npx fieldlake alarms silence --device "press-*" --minutes 90 --by kim --reason "maintenance"',
      ),
    )
    .action(async (options: SilenceOptions) =>
      (await import("./commands/alarms/alarms.ts")).silenceAlarms(options, context),
    );
}
