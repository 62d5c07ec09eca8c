/** The commands for whoever makes a device speak: decode, profile, vectors, build. They need no environment. */
import { Option, type Command } from "commander";
import { wholePositive } from "./arguments.ts";
import type { BuildOptions } from "./commands/build.ts";
import type { CodecsOptions } from "./commands/codecs.ts";
import type { CommandContext } from "./commands/context.ts";
import type { DecodeOptions } from "./commands/decode.ts";
import type { ProfileNewOptions } from "./commands/profile.ts";
import type { VectorsOptions } from "./commands/vectors.ts";

/** Loaded when they are run: every other command would pay for the validators and parsers that they bring. */
const buildCommand = () => import("./commands/build.ts");
const decodeCommand = () => import("./commands/decode.ts");
const profileCommand = () => import("./commands/profile.ts");
const codecsCommand = () => import("./commands/codecs.ts");
const vectorsCommand = () => import("./commands/vectors.ts");

export function addDecodingCommands(
  program: Command,
  context: Pick<CommandContext, "terminal">,
  examples: (...lines: readonly string[]) => string,
): void {
  program
    .command("decode")
    .summary("decode a payload or a log file by a profile")
    .description(
      "Prints the rows that a payload becomes, warnings, and what would go to quarantine. A file is read as the profile's " +
        "devices log: JSON by lines, CSV by records, frames back to back; else it is one payload.",
    )
    .requiredOption("--profile <name>", "a folder below profiles/, or the path of one")
    .addOption(new Option("--hex <digits>", "the payload").conflicts("file"))
    .option("--file <path>", "a payload or log file; - for standard input")
    .option("--device <id>", "the device that sent it", "dev-1")
    .option("--channel <channel>", "the topic below the device's root", "telemetry")
    .option("--received <time>", "arrival, RFC 3339 (default: now)")
    .option("--limit <rows>", "most rows of a log file that are printed", wholePositive, 1_000)
    .addOption(new Option("--json", "everything, as JSON").conflicts("vector"))
    .option("--vector", "a golden vector of the payload, to be checked and put into vectors.json")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake decode --profile tracker-lpp --hex 03670110056700ff",
        "npx fieldlake decode --profile machine-json --file day.ndjson --json",
        'printf \'[{"n":"temp","v":21.5}]\' | npx fieldlake decode --profile environment-senml --file -',
      ),
    )
    .action(async (options: DecodeOptions) => (await decodeCommand()).decode(options, context));

  const profile = program.command("profile").summary("check, start and describe device profiles");
  profile
    .command("check")
    .description("Validates profiles and runs the golden vectors beside them. Unknown units are a warning.")
    .argument("[folders...]", "names below profiles/ or paths; default: all below profiles/")
    .action(async (folders: readonly string[]) => (await profileCommand()).profileCheck(folders, context));
  profile
    .command("new")
    .description("Starts a profile: profile.json, golden vectors of example payloads, a README.")
    .argument("<name>", "kebab-case; the name of its folder")
    .requiredOption("--format <format>", "json, csv, raw-binary, sparkplug-b, …")
    .option("--in <folder>", "where its folder is made (default: profiles/)")
    .action(async (name: string, options: ProfileNewOptions) =>
      (await profileCommand()).profileNew(name, options, context),
    );
  profile
    .command("schema")
    .description("Prints the JSON Schema of profile.json.")
    .action(async () => (await profileCommand()).profileSchema(context));

  program
    .command("vectors")
    .summary("run a folder of decoding vectors")
    .description(
      "Runs every vector of a folder's .json files (docs/decoding.md tells their form); passed and failed by format.",
    )
    .argument("<folder>")
    .option("--json", "counts and each failure as JSON")
    .option(
      "--codecs <folders...>",
      "where the codecs are that TS013 vectors name by their hash, beside the folder of vectors itself",
    )
    .action(async (folder: string, options: VectorsOptions) =>
      (await vectorsCommand()).vectors(folder, options, context),
    );

  program
    .command("codecs")
    .summary("run the examples of a collection of TS013 codecs")
    .description(
      "Runs every published example below a folder through the sandbox: a checkout of TheThingsNetwork/lorawan-devices " +
        "(*-codec.yaml) or chirpstack/chirpstack-device-profiles (test_decode_*.json). Prints counts by outcome.",
    )
    .argument("<folder>")
    .option("--json", "counts and each example that does not match, as JSON")
    .option("--list", "name each example that does not match")
    .action(async (folder: string, options: CodecsOptions) =>
      (await codecsCommand()).codecs(folder, options, context),
    );

  program
    .command("build")
    .summary("bundle the handlers of every host")
    .description(
      "Bundles handlers; prints size and hash, the same on every machine. Deployments do it by themselves.",
    )
    .argument("[handlers...]", "default: all")
    .option("--out <folder>", "where the bundles are written", "dist/functions")
    .option("--check", "write nothing, fail where a bundle is over its budget of bytes or loads too slowly")
    .action(async (names: readonly string[], options: BuildOptions) =>
      (await buildCommand()).build(names, options, context),
    );
}
