/** `fieldlake evidence`: judges a stack's plan, or exported state, and writes down what it found. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeEvidence, type Evidence, type EvidenceSource } from "../../policies/evidence/evidence.ts";
import { toMarkdown } from "../../policies/evidence/markdown.ts";
import { readPackConfig, type PackConfig } from "../../policies/evidence/pack-config.ts";
import { toSarif } from "../../policies/evidence/sarif.ts";
import type { Graph } from "../../policies/kit/graph.ts";
import { judge } from "../../policies/kit/judge.ts";
import { matches } from "../../policies/kit/settings.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { localStack } from "../environment.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { runPulumi } from "../pulumi.ts";
import type { CommandContext } from "./context.ts";

export interface EvidenceOptions {
  /** Exported state; without it the stack is previewed. */
  readonly state?: string;
  readonly stack?: string;
  /** Folder for evidence.json, evidence.md and evidence.sarif. */
  readonly out?: string;
  /** Print the JSON instead of the Markdown. */
  readonly json?: boolean;
  /** CrossGuard's configuration file of the pack. */
  readonly config?: string;
}

interface Judged {
  readonly graph: Graph;
  readonly text: string;
  readonly name: string;
  readonly kind: EvidenceSource["kind"];
  readonly stack: string | null;
}

/** Exits non-zero on a violation. */
export async function evidence(
  options: EvidenceOptions,
  { terminal, folders }: CommandContext,
): Promise<void> {
  const config = packConfig(options.config);
  const judged =
    options.state === undefined
      ? await planned(options.stack ?? localStack, folders.project)
      : exported(options.state);
  const made = assemble(judged, config, packVersion(folders.project));
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

function assemble(judged: Judged, { settings, levels }: PackConfig, pack: string): Evidence {
  const { graph, text, name, kind, stack } = judged;
  const isAdvisory = stack !== null && settings.advisoryStacks.some((glob) => matches(glob, stack));
  const chosen = isAdvisory
    ? new Map(
        rules.map(({ id }) => [
          id,
          levels.get(id) === "disabled" ? ("disabled" as const) : ("advisory" as const),
        ]),
      )
    : levels;
  return makeEvidence({
    judgement: judge(graph, rules, { settings }),
    rules,
    levels: chosen,
    source: {
      kind,
      name,
      sha256: createHash("sha256").update(text).digest("hex"),
      resources: graph.resources.length,
    },
    versions: { pack, node: process.versions.node, pulumi: engineVersion(text) },
    made: new Date().toISOString(),
  });
}

function exported(file: string): Judged {
  const text = read(file);
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

function packConfig(file: string | undefined): PackConfig {
  if (file === undefined) return readPackConfig(null, rules);
  return inUserTerms(() => readPackConfig(JSON.parse(read(file)), rules), file);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(
      `${file} can't be read: ${messageOf(error)}`,
      exitCodes.usage,
      "name a file that `pulumi stack export --file` wrote",
    );
  }
}

function inUserTerms<Result>(action: () => Result, file?: string): Result {
  try {
    return action();
  } catch (error) {
    throw new CommandError(
      file === undefined ? messageOf(error) : `${file}: ${messageOf(error)}`,
      exitCodes.usage,
    );
  }
}

const stackOf = ({ resources }: Graph): string | null =>
  /^urn:pulumi:([^:]+)::/.exec(resources[0]?.urn ?? "")?.[1] ?? null;

/** Only exported state says which engine wrote it. */
function engineVersion(text: string): string | null {
  const deployment = (JSON.parse(text) as { deployment?: { manifest?: { version?: unknown } } }).deployment;
  return typeof deployment?.manifest?.version === "string" ? deployment.manifest.version : null;
}

function packVersion(project: string): string {
  return (JSON.parse(readFileSync(join(project, "policies/package.json"), "utf8")) as { version: string })
    .version;
}
