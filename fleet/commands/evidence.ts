/** `fieldlake evidence`: judges a stack's plan, or exported state, and writes down what it found. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Evidence } from "../../policies/evidence/evidence.ts";
import { toMarkdown } from "../../policies/evidence/markdown.ts";
import { toSarif } from "../../policies/evidence/sarif.ts";
import type { Graph } from "../../policies/kit/graph.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { localStack } from "../environment.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { evidenceOf, inUserTerms, packConfig, readText, type Judged } from "../judgement.ts";
import { exportedDeployment } from "../plan/export.ts";
import { previewFromNothing } from "../plan/preview.ts";
import { plannedResources } from "../plan/resources.ts";
import { runPulumi } from "../pulumi.ts";
import type { CommandContext } from "./context.ts";

export interface EvidenceOptions {
  /** Exported state; without it the stack is previewed. */
  readonly state?: string;
  readonly stack?: string;
  /** Stack of the project's files to plan from nothing, without state or credentials. */
  readonly plan?: string;
  /** Folder for evidence.json, evidence.md and evidence.sarif. */
  readonly out?: string;
  /** Print the JSON instead of the Markdown. */
  readonly json?: boolean;
  /** CrossGuard's configuration file of the pack. */
  readonly config?: string;
}

/** Exits non-zero on a violation. */
export async function evidence(
  options: EvidenceOptions,
  { terminal, folders }: CommandContext,
): Promise<void> {
  const config = packConfig(options.config);
  const judged = await judgedBy(options, folders.project);
  const made = evidenceOf(judged, config, folders.project);
  const markdown = toMarkdown(made, rules);
  if (options.out !== undefined) await write(resolve(options.out), made, markdown, judged.stack);
  if (options.json === true) terminal.write(`${JSON.stringify(made, null, 2)}\n`);
  else terminal.write(markdown);
  if (!made.passed) {
    throw new CommandError(
      `${judged.name}: mandatory rules are violated or exceptions are stale`,
      exitCodes.failed,
      "each line under Violations names the property and the fix",
    );
  }
}

function judgedBy({ state, plan, stack }: EvidenceOptions, project: string): Promise<Judged> | Judged {
  if (state !== undefined) return exported(state);
  return plan === undefined ? planned(stack ?? localStack, project) : fromNothing(plan, project);
}

/** As `fieldlake plan` does, so that both find the same. */
async function fromNothing(stack: string, project: string): Promise<Judged> {
  const { digest, events, engine } = await previewFromNothing(stack, project);
  const deployment = exportedDeployment(plannedResources(digest, events), engine);
  const text = `${JSON.stringify(deployment, null, 2)}\n`;
  return { graph: graphOfState(text, stack), text, name: stack, kind: "preview", stack };
}

function exported(file: string): Judged {
  const text = readText(file, "name a file that `pulumi stack export --file` wrote");
  const graph = inUserTerms(() => graphOfState(text, file));
  return { graph, text, name: file, kind: "state", stack: stackOf(graph) };
}

async function planned(stack: string, project: string): Promise<Judged> {
  const { exitCode, stdout, output } = await runPulumi(["preview", "--json", "--stack", stack], {
    cwd: project,
  });
  if (exitCode !== 0) {
    throw new CommandError(
      `pulumi preview of ${stack} failed:\n${output.slice(-4000).trim()}`,
      exitCodes.failed,
    );
  }
  const graph = inUserTerms(() => graphOfPreview(stdout));
  return { graph, text: stdout, name: stack, kind: "preview", stack };
}

async function write(folder: string, made: Evidence, markdown: string, stack: string | null): Promise<void> {
  await mkdir(folder, { recursive: true });
  const program = stack === null ? "index.ts" : `Pulumi.${stack}.yaml`;
  const files = {
    "evidence.json": JSON.stringify(made, null, 2),
    "evidence.md": markdown.trimEnd(),
    "evidence.sarif": JSON.stringify(toSarif(made, rules, program), null, 2),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), `${text}\n`);
}

const stackOf = ({ resources }: Graph): string | null =>
  /^urn:pulumi:([^:]+)::/.exec(resources[0]?.urn ?? "")?.[1] ?? null;
