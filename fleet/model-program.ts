/** The commands for whoever trains models and lets them tell: `model train`, `list`, `score`, `export`. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { positive, wholePositive } from "./arguments.ts";
import type { CommandContext } from "./commands/context.ts";
import type { ExportOptions } from "./commands/models/export.ts";
import type { ScoreOptions } from "./commands/models/score.ts";
import type { TrainOptions } from "./commands/models/train.ts";
import { formatNames } from "./models/format-names.ts";

/** `262144`, `256kB`, `1MB`. */
function bytesOf(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s?(kB|MB)?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("allowed: bytes, such as 262144, 256kB or 1MB");
  return Math.floor(Number(number) * { "": 1, kB: 1_000, MB: 1_000_000 }[unit as "kB"]);
}

export function addModelCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  const model = program
    .command("model")
    .summary("models that are trained from labelled data, and what they tell");

  model
    .command("train")
    .summary("train a classifier of windows, and judge it on what it has not seen")
    .description(
      "Takes stretches of a fast device's samples with a label, describes each window by numbers, grows random trees, and " +
        "keeps the model as an ONNX file under its hash. The confusion matrix is of stretches that were left out of training.",
    )
    .argument("<name>", "of the model")
    .option("--samples", "from the recording in samples/, without a running site")
    .option("--table <table>", "from the lake: frames_… of the devices")
    .option("--label <metric>", "text metric of the same messages that says what was going on")
    .option("--axes <columns>", "columns of the table, with commas (default: all numbers)")
    .option("--window <seconds>", "length of a window", positive, 5)
    .option("--step <seconds>", "from one window to the next (default: half of it)", positive)
    .option("--trees <number>", "trees of the forest", wholePositive, 100)
    .option("--seed <number>", "another forest of the same data", wholePositive, 1)
    .option(
      "--folds <number>",
      "parts that the stretches are left out in; more takes longer",
      wholePositive,
      10,
    )
    .option("--json", "the model's metrics and lineage, as JSON")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake model train activity --samples --folds 40",
        "npx fieldlake model train activity --table frames_wearable_imu --label activity",
      ),
    )
    .action(async (name: string, options: TrainOptions) =>
      (await import("./commands/models/train.ts")).train(name, options, context),
    );

  model
    .command("list")
    .summary("the models of this environment")
    .option("--json", "with metrics and lineage, as JSON")
    .action(async (options: { json?: boolean }) =>
      (await import("./commands/models/list.ts")).list(options, context),
    );

  model
    .command("score")
    .summary("what a model makes of the devices' samples in the lake")
    .argument("<model>", "its name for the newest, or name@hash")
    .requiredOption("--table <table>", "frames_… of the devices")
    .option("--device <id>", "one device (default: all)")
    .option("--json", "every window, as JSON")
    .addHelpText(
      "after",
      examples("npx fieldlake model score activity --table frames_wearable_imu --device wrist-01"),
    )
    .action(async (name: string, options: ScoreOptions) =>
      (await import("./commands/models/score.ts")).score(name, options, context),
    );

  model
    .command("export")
    .summary("a model as ONNX or LiteRT file for a device, within its budget")
    .description(
      "Writes what the model computes from features to shares: as it is kept for a file.onnx, for LiteRT and its interpreter " +
        "for microcontrollers for a file.tflite. A file that is larger than the budget is not written.",
    )
    .argument("<model>", "its name for the newest, or name@hash")
    .requiredOption(
      "--out <file>",
      "a file that is not there yet; its ending says the format: .onnx, .tflite",
    )
    .addOption(new Option("--format <format>", "for a file with another ending").choices(formatNames))
    .option("--budget <bytes>", "most that it may have", bytesOf, 262_144)
    .addHelpText(
      "after",
      examples(
        "npx fieldlake model export activity --out activity.onnx --budget 256kB",
        "npx fieldlake model export activity --out activity.tflite --budget 64kB",
      ),
    )
    .action(async (name: string, options: ExportOptions) =>
      (await import("./commands/models/export.ts")).exportModel(name, options, context),
    );
}
