/** The policy pack over a graph of resources, with the pack's own configuration, as evidence. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeEvidence, type Evidence, type EvidenceSource } from "../policies/evidence/evidence.ts";
import { readPackConfig, type PackConfig } from "../policies/evidence/pack-config.ts";
import type { Graph } from "../policies/kit/graph.ts";
import { judge } from "../policies/kit/judge.ts";
import { matches } from "../policies/kit/settings.ts";
import { rules } from "../policies/rules/index.ts";
import { CommandError, exitCodes, messageOf } from "./errors.ts";

/** What is judged, and where it comes from. */
export interface Judged {
  readonly graph: Graph;
  /** What the graph was read from, to the byte. */
  readonly text: string;
  /** File or stack, as the user named it. */
  readonly name: string;
  readonly kind: EvidenceSource["kind"];
  /** `null` where the resources name none. */
  readonly stack: string | null;
}

/** @param project folder of the project, whose pack it is */
export function evidenceOf(judged: Judged, { settings, levels }: PackConfig, project: string): Evidence {
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
    versions: { pack: packVersion(project), node: process.versions.node, pulumi: engineVersion(text) },
    made: new Date().toISOString(),
  });
}

/** Throws {@link CommandError} where the file can't be read or has mistakes. */
export function packConfig(file: string | undefined): PackConfig {
  if (file === undefined) return readPackConfig(null, rules);
  return inUserTerms(
    () => readPackConfig(JSON.parse(readText(file, "write it as for --policy-pack-config")), rules),
    file,
  );
}

/** Throws {@link CommandError} with the advice. */
export function readText(file: string, advice: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`${file} can't be read: ${messageOf(error)}`, exitCodes.usage, advice);
  }
}

/** What an action throws, as a mistake of who called the command. */
export function inUserTerms<Result>(action: () => Result, file?: string): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      file === undefined ? messageOf(error) : `${file}: ${messageOf(error)}`,
      exitCodes.usage,
    );
  }
}

/** Only exported state says which engine wrote it. */
function engineVersion(text: string): string | null {
  const deployment = (JSON.parse(text) as { deployment?: { manifest?: { version?: unknown } } }).deployment;
  return typeof deployment?.manifest?.version === "string" ? deployment.manifest.version : null;
}

function packVersion(project: string): string {
  return (JSON.parse(readFileSync(join(project, "policies/package.json"), "utf8")) as { version: string })
    .version;
}
