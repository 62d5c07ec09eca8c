/** Commands, options and help texts of `fieldlake`. */
import { Command, Option } from "commander";
import { positive, wholePositive } from "./arguments.ts";
import { destroy } from "./commands/destroy.ts";
import { addFleetCommands } from "./commands/fleet/program.ts";
import { evidence, type EvidenceOptions } from "./commands/evidence.ts";
import { query } from "./commands/query.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { upload, type UploadOptions } from "./commands/upload.ts";
import type { WatchOptions } from "./commands/watch.ts";
import type { PlanOptions } from "./commands/plan.ts";
import type { ServiceOptions } from "./commands/service.ts";
import type { CommandContext } from "./commands/context.ts";
import { addAskingCommands } from "./asking-program.ts";
import { addDecodingCommands } from "./decoding-program.ts";
import { anchorOf, offsetOf } from "./uploads/clock.ts";
import { addAlarmCommands } from "./alarm-program.ts";
import { addInsightCommands } from "./insight-program.ts";
import { addKeepingCommands } from "./keeping-program.ts";
import { addLakeCommands } from "./lake-program.ts";
import { addModelCommands } from "./model-program.ts";

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;

/** The program for one context; parse errors are thrown as `CommanderError` after they were printed. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command("fieldlake")
    .description("A whole IoT environment on this machine: devices, broker, encrypted lake, answers.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.write(text),
      writeErr: (text) => context.terminal.note(text.trimEnd()),
    })
    .showHelpAfterError("(add --help for what is allowed)")
    .addHelpText(
      "after",
      `
Also:
  pulumi <arguments>  the literal Pulumi CLI with this project's toolchain
  toolchain           bring in Node, engine and providers, and say from where

First steps:
  npm start                                          from nothing to answers; run it again: nothing changes
  npx fieldlake query "select * from latest limit 9" ask the lake
  npm run destroy                                    remove everything`,
    );

  program
    .command("start")
    .summary("bring the environment up, send the sample recording, answer questions")
    .description(
      "Runs `pulumi up` of the stack local-dev, waits until its site is healthy, sends the sample recording over " +
        "MQTT with mutual TLS, checks that every acknowledged message is in the lake exactly once, and asks the lake " +
        "three questions. Run again it changes nothing: the same messages are recognised as repeats.",
    )
    .addOption(new Option("--realtime", "keep the timing of the recording (40 s)").conflicts("speed"))
    .option(
      "--speed <factor>",
      "play so many times as fast as recorded (default: as fast as acknowledged)",
      positive,
    )
    .option("--no-samples", "bring the environment up only")
    .addHelpText(
      "after",
      examples("npm start", "npm start -- --realtime", "npx fieldlake start --no-samples"),
    )
    .action((options: { realtime?: boolean; speed?: number; samples: boolean }) =>
      start(
        { speed: options.realtime === true ? 1 : (options.speed ?? null), samples: options.samples },
        context,
      ),
    );

  program
    .command("status")
    .summary("what runs, who is online, what the lake holds")
    .description("Asks the running site for its modules, devices, counts and files.")
    .option("--json", "as JSON, for scripts")
    .option("--token", "print the link of the page with its access token")
    .addHelpText(
      "after",
      examples("npm run status", "npx fieldlake status --json", "npm run status -- --token"),
    )
    .action((options: { json?: boolean; token?: boolean }) => status(options, context));

  program
    .command("query")
    .summary("ask the lake in SQL")
    .description(
      "Runs one read-only statement (DuckDB's SQL) over the lake and prints the answer. Tables: readings (one " +
        "measured value a row), frames_* (one sample of a fast device a row), latest (newest value by device and " +
        "metric), quarantine. Timestamps are UTC; 64-bit integers and timestamps are texts in JSON.",
    )
    .argument("<sql>", "the statement, or - to read it from standard input")
    .option("--json", "an array of objects")
    .option("--csv", "RFC 4180: header, CRLF, NULL as an empty field")
    .option("--parquet <file>", "write the whole answer to a new, unencrypted Parquet file")
    .option("--limit <rows>", "most rows of a table, JSON or CSV", wholePositive, 10_000)
    .option("--timeout <seconds>", "give up after", positive, 30)
    .addHelpText(
      "after",
      examples(
        'npx fieldlake query "describe readings"',
        'npx fieldlake query "select metric, count(*) from readings group by metric order by 2 desc"',
        "npx fieldlake query --csv \"select * from frames_wearable_imu where device_id = 'wrist-01'\" > wrist-01.csv",
        'npx fieldlake query --parquet day.parquet "select * from readings where ts > now() - interval 1 day"',
        "npx fieldlake query - < question.sql",
      ),
    )
    .action((sql: string, options: Parameters<typeof query>[1]) => query(sql, options, context));

  program
    .command("plan")
    .summary("what a stack would make, touch and cost, without credentials")
    .description(
      "Previews a stack as if nothing existed yet, offline, and judges it by the policy pack: resources by component, " +
        "their encryption, capabilities and named exceptions, the quotas that the configured fleet (fieldlake:load) " +
        "touches, and the cost of a month at list prices. Ends with an error on a violation of a mandatory rule.",
    )
    .argument("<stack>", "a stack that has a file Pulumi.<stack>.yaml; it need not have been made")
    .option("--json", "as JSON, for scripts")
    .option("--export <file>", "write the planned resources as `pulumi stack export` would, for scanners")
    .option("--config <file>", "the pack's configuration, as for --policy-pack-config")
    .addHelpText(
      "after",
      examples("npm run plan -- aws-dev", "npx fieldlake plan aws-dev --json --export plan.json"),
    )
    .action(async (stack: string, options: PlanOptions) =>
      (await import("./commands/plan.ts")).plan(stack, options, context),
    );

  program
    .command("upload")
    .summary("bring files that devices logged to the lake")
    .description(
      "Sends files to the running site, where they are kept sealed under their hash, and their records become rows with " +
        "their original times, by the profile that is bound to the device. What the lake has already, over whichever " +
        "lane, is left out. Interrupted, the same command goes on where it was. Folders are searched; gzip and zstd are unpacked.",
    )
    .argument("<paths...>", "files or folders: JSON by lines, CSV, XML, INI, frames back to back, Parquet")
    .requiredOption("--device <id>", "the device that wrote them")
    .option(
      "--profile <name>",
      "the profile that is to read them, of those bound to the device; it chooses the channel",
    )
    .option(
      "--channel <channel>",
      "the channel that the records would have come on live (default: the profile's, or telemetry)",
    )
    .option(
      "--offset <time>",
      "add to the device's times what its clock was behind, such as +2h or -90s",
      offsetOf,
    )
    .option(
      "--anchor <device=real>",
      "what its clock showed when it really was another time; twice where it ran fast or slow",
      anchorOf,
    )
    .option(
      "--target <stack>",
      "the raw zone of a stack in a cloud, by your own credentials; default: the site on this machine",
    )
    .option("--json", "what became of each file, as JSON")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake upload day.ndjson --device press-01",
        "npx fieldlake upload day.csv --device logger-01 --profile logger-csv",
        "npx fieldlake upload logs/ --device logger-01 --json",
        "npx fieldlake upload logs/ --device logger-01 --target aws-prod",
        "npx fieldlake upload run.csv --device logger-01 --anchor 1970-01-01T00:04:10Z=2026-11-25T09:00:00Z",
      ),
    )
    .action((paths: readonly string[], options: UploadOptions) => upload(paths, options, context));

  program
    .command("watch")
    .summary("take the files that machines drop into a folder")
    .description(
      "Takes each file of the folder once it has stopped changing, as upload does, and moves it to done/ in it, or to " +
        "failed/ with the reason beside it. A file is never taken twice, and a restart goes on where it was. While the " +
        "site does not run, files stay. Hidden files and those that end with .part or .tmp are left alone.",
    )
    .argument("<folder>", "where the machine puts its files")
    .requiredOption("--device <id>", "the device that wrote them")
    .option("--channel <channel>", "the channel that the records would have come on live", "telemetry")
    .option("--offset <time>", "add to the device's times, such as +2h or -90s", offsetOf)
    .option("--anchor <device=real>", "what its clock showed when it really was another time", anchorOf)
    .option("--settled <seconds>", "how long a file must not have changed", positive, 5)
    .option("--once", "end when everything there is taken or failed")
    .addHelpText("after", examples("npx fieldlake watch /srv/drops/press-01 --device press-01"))
    .action(async (folder: string, options: WatchOptions) =>
      (await import("./commands/watch.ts")).watch(folder, options, context),
    );

  program
    .command("evidence")
    .summary("judge a stack by the policy pack and write down what was found")
    .description(
      "Judges a preview of the stack, or state that `pulumi stack export` wrote (no program, provider or credentials " +
        "needed), and prints requirement, rule, resource, verdict and values. Ends with an error on a violation.",
    )
    .option("--state <file>", "exported state to judge")
    .option("--stack <name>", "stack to preview (default: local-dev)")
    .option("--plan <name>", "stack to plan from nothing, without state or credentials")
    .option("--out <folder>", "write evidence.json, evidence.md and evidence.sarif")
    .option("--config <file>", "the pack's configuration, as for --policy-pack-config")
    .option("--json", "print the JSON document")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake evidence --stack local-dev",
        "npx fieldlake evidence --state state.json --out evidence",
      ),
    )
    .action((options: EvidenceOptions) => evidence(options, context));

  program
    .command("stop")
    .summary("stop the environment, keep its data")
    .description(
      "Ends the site in order: sessions closed, everything acknowledged in files. npm start resumes.",
    )
    .action(() => stop(context));

  program
    .command("service")
    .summary("print a systemd unit that keeps the site running")
    .description(
      "The unit starts the site of this machine at boot and again after a crash, with the settings and data it has. " +
        "pulumi up, npm start and npm run stop work as before.",
    )
    .option(
      "--user <name>",
      "a unit of the whole machine that runs as this user (default: of your own user manager)",
    )
    .addHelpText(
      "after",
      examples(
        "npx fieldlake service > ~/.config/systemd/user/fieldlake.service",
        "npm run stop && systemctl --user enable --now fieldlake && loginctl enable-linger",
      ),
    )
    .action(async (options: ServiceOptions) =>
      (await import("./commands/service.ts")).service(options, context),
    );

  program
    .command("destroy")
    .summary("remove the environment with all its data")
    .description(
      "Runs `pulumi destroy` of the stack local-dev and removes stack, state, keys and folders. Asks before. " +
        "Without the keys no copy of the data can be read: back up .fieldlake/local-dev/keys if you keep one.",
    )
    .option("-y, --yes", "don't ask")
    .action((options: { yes?: boolean }) => destroy(options, context));
  addDecodingCommands(program, context, examples);
  addInsightCommands(program, context, examples);
  addAskingCommands(program, context, examples);
  addModelCommands(program, context, examples);
  addAlarmCommands(program, context, examples);
  addKeepingCommands(program, context, examples);
  addLakeCommands(program, context, examples);
  addFleetCommands(program, context);
  return program;
}
