/** `fieldlake plan`: what a stack would make, how it is protected, what it touches and what it would cost. */
import { writeFile } from "node:fs/promises";
import { readConfig, stackConfig } from "../../config.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { evidenceOf, packConfig } from "../judgement.ts";
import { makePlan } from "../plan/document.ts";
import { exportedDeployment } from "../plan/export.ts";
import { messages, previewFromNothing, type Preview } from "../plan/preview.ts";
import { renderPlan } from "../plan/render.ts";
import { plannedResources } from "../plan/resources.ts";
import type { CommandContext } from "./context.ts";

export interface PlanOptions {
  /** Print the JSON document instead of the tables. */
  readonly json?: boolean;
  /** File for the planned resources in the form of `pulumi stack export`. */
  readonly export?: string;
  /** CrossGuard's configuration file of the pack. */
  readonly config?: string;
}

/** Exits non-zero on a violation of a mandatory rule, after everything was printed and written. */
export async function plan(
  stack: string,
  options: PlanOptions,
  { terminal, folders }: Pick<CommandContext, "terminal" | "folders">,
): Promise<void> {
  const policies = packConfig(options.config);
  const preview = await previewFromNothing(stack, folders.project);
  const resources = plannedResources(preview.digest, preview.events);
  const exported = `${JSON.stringify(exportedDeployment(resources, preview.engine), null, 2)}\n`;
  // Of the exported text, so that `fieldlake evidence --state` finds the same in the file.
  const graph = graphOfState(exported, stack);
  const made = makePlan({
    stack,
    engine: preview.engine,
    remarks: remarksOn(preview),
    config: configOf(preview),
    resources,
    evidence: evidenceOf(
      { graph, text: exported, name: stack, kind: "preview", stack },
      policies,
      folders.project,
    ),
  });
  if (options.export !== undefined) await write(options.export, exported);
  terminal.write(
    options.json === true ? `${JSON.stringify(made, null, 2)}\n` : `${renderPlan(made, terminal)}\n`,
  );
  if (options.export !== undefined)
    terminal.note(`${options.export}: the planned resources; they are no state, don't import them`);
  if (!made.policies.passed) {
    throw new CommandError(
      `${stack}: mandatory rules are violated or exceptions are stale`,
      exitCodes.failed,
      "each violation above names the property and the fix",
    );
  }
}

const configOf = ({ events }: Preview) => {
  const settings = events.find(({ preludeEvent }) => preludeEvent !== undefined)?.preludeEvent?.config ?? {};
  return readConfig(stackConfig(settings, "fieldlake"), settings);
};

function remarksOn({ events, encryptedKeys }: Preview): string[] {
  const said = messages(events, "warning").filter((message) => !message.startsWith("using pulumi-resource-"));
  return encryptedKeys.length === 0
    ? said
    : [...said, `encrypted values are not read: ${encryptedKeys.join(", ")}`];
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CommandError(
      `${file} can't be written: ${messageOf(error)}`,
      exitCodes.usage,
      "name a file in a folder that exists and that you may write to",
    );
  }
}
