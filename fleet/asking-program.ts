/** The commands for whoever looks for something, and for whoever lets programs ask: search, API tokens. */
import type { Command } from "commander";
import { ofStack, positive, wholePositive } from "./arguments.ts";
import type { CommandContext } from "./commands/context.ts";
import { search, type SearchOptions } from "./commands/search.ts";
import type { CreateTokenOptions } from "./commands/token/token.ts";
import { scopes } from "../site/access/scopes.ts";

const collect = (value: string, all: readonly string[] | undefined): readonly string[] => [
  ...(all ?? []),
  ...value.split(",").map((one) => one.trim()),
];

export function addAskingCommands(
  program: Command,
  context: CommandContext,
  examples: (...lines: readonly string[]) => string,
): void {
  program
    .command("search")
    .summary("find devices, series, profiles and quarantine by words")
    .description(
      "Looks in ids and profiles of devices, metrics and units, profiles with their fields, and the reasons for which " +
        "messages were put aside. All words must be found; the beginning of one is enough, and a slip of the pen is forgiven.",
    )
    .argument("<words...>", "what to look for")
    .option("--limit <results>", "at most so many, up to 100", wholePositive, 20)
    .option("--json", "as JSON, for scripts")
    .addHelpText(
      "after",
      examples("npx fieldlake search temperature press", "npx fieldlake search truncated --json"),
    )
    .action((words: readonly string[], options: SearchOptions) => search(words, options, context));

  const token = program
    .command("token")
    .summary("let programs ask: make, list and end API tokens")
    .description(
      "API tokens open the HTTP API (its OpenAPI document is at /api/openapi.json) as far as their scopes and devices " +
        `go, and not the page. Scopes: ${Object.entries(scopes)
          .map(([scope, about]) => `${scope} (${about})`)
          .join("; ")}. (One-time tokens of devices are made by fieldlake fleet token.)`,
    );
  token
    .command("create")
    .summary("make one and print it, once")
    .argument("<name>", "what it is for: a name of your choice")
    .requiredOption("--scope <scopes>", "what it is good for, by commas, or several times", collect)
    .option("--devices <patterns>", "ids, or patterns with *, by commas (default: every device)", collect)
    .option("--days <days>", "until it expires", positive, 90)
    .addOption(ofStack())
    .option("--json", "as JSON, for scripts")
    .addHelpText(
      "after",
      examples(
        "npx fieldlake token create dashboard --scope devices,values",
        'npx fieldlake token create "hall 2" --scope values,query --devices "press-*,room-07" --days 30',
        "npx fieldlake token create dashboard --scope values --stack aws-dev",
      ),
    )
    .action(async (name: string, options: CreateTokenOptions) =>
      (await import("./commands/token/token.ts")).createToken(name, options, context),
    );
  token
    .command("list")
    .summary("which there are, and until when")
    .addOption(ofStack())
    .option("--json", "as JSON, for scripts")
    .action(async (options: { readonly json?: boolean; readonly stack?: string }) =>
      (await import("./commands/token/token.ts")).listTokens(options, context),
    );
  token
    .command("revoke")
    .summary("end tokens at once")
    .argument("<tokens...>", "their ids or names")
    .addOption(ofStack())
    .action(async (tokens: readonly string[], options: { readonly stack?: string }) =>
      (await import("./commands/token/token.ts")).revokeTokens(tokens, options, context),
    );
}
