/**
 * Every option that has a say in Azure, switched on in turn: planned by `npm run plan`, whose policies must pass, and
 * exported, so that a checker of Microsoft's own resource types can read it.
 *
 *     npm run soak:options -- --stack azure-dev --into <folder> [--only azure.eventHubs,key]
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { readConfig, stackConfig } from "../../config.ts";
import { planCommand } from "../engine/support/plan-command.ts";
import {
  asTexts,
  azureOptions,
  keyOwner,
  withOption,
  type Option,
  type StackConfig,
} from "./azure-option-cases.ts";

const { values: given } = parseArgs({
  options: {
    stack: { type: "string", default: "azure-dev" },
    into: { type: "string" },
    only: { type: "string", default: "" },
  },
});
if (given.into === undefined) throw new Error("--into: received nothing; allowed: a folder for the plans");

const label = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/[^A-Za-z0-9]+/g, "_").slice(0, 30);

const project = resolve(import.meta.dirname, "../..");
const base = parse(await readFile(join(project, `Pulumi.${given.stack}.yaml`), "utf8")) as {
  config: StackConfig;
};
const begins = given.only.split(",");
const options = azureOptions(base.config).filter(({ path }) =>
  begins.some((begin) => path.startsWith(begin)),
);
const into = resolve(given.into);
await mkdir(into, { recursive: true });

const stack = `${given.stack}-options-${process.pid}`;
const file = join(project, `Pulumi.${stack}.yaml`);
const pack = join(into, "policies.json");
await writeFile(pack, JSON.stringify({ "fieldlake-settings": { allowedKeyOwners: [keyOwner] } }));
let failures = 0;
try {
  for (const option of [null, ...options]) {
    const name = option === null ? "as-it-is" : `${option.path}-${label(option.value)}`;
    const outcome = await planned(option, join(into, `${given.stack}.${name}.json`)).catch(
      (error: unknown) => {
        failures++;
        // The end of it says what is wrong; before it stands the whole plan.
        return `FAILED: …${(error as Error).message.slice(-2_000)}`;
      },
    );
    console.log(`${name}: ${outcome}`);
  }
} finally {
  await rm(file, { force: true });
}
console.log(`${options.length + 1} plans, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

async function planned(option: Option | null, plan: string): Promise<string> {
  const config = option === null ? base.config : withOption(base.config, option);
  // Refused here, it is a mistake of the examples: said at once, without an engine.
  const texts = asTexts(config);
  readConfig(stackConfig(texts, "fieldlake"), texts);
  await writeFile(file, stringify({ ...base, config }));
  const { plan: document, exported } = await planCommand(stack, {}, ["--config", pack]);
  await writeFile(plan, JSON.stringify(exported));
  if (!document.policies.passed) throw new Error("the policies find something");
  return `${document.resources} resources, policies pass`;
}
