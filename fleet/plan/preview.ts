/**
 * A preview of a stack as if nothing existed yet, in a state of its own that is thrown away: the same for everybody,
 * whatever is deployed, and without credentials for any backend or cloud.
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { plannedFromNothing } from "../../components/contracts/common.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { runPulumi, type PulumiRun } from "../pulumi.ts";
import { stackType } from "./resources.ts";
import { readableSettings } from "./stack-file.ts";

export interface Preview {
  readonly stack: string;
  /** What `pulumi preview --json` printed: the steps, with what each resource depends on. */
  readonly digest: string;
  /** The engine's events: outputs as far as they are known, providers, remarks. */
  readonly events: readonly EngineEvent[];
  /** For example `v3.220.0`. */
  readonly engine: string;
  /** Keys of the stack's file whose encrypted values the plan did without. */
  readonly encryptedKeys: readonly string[];
}

/** @param project its folder. Throws {@link CommandError} where the stack has no file or can't be planned. */
export async function previewFromNothing(stack: string, project: string): Promise<Preview> {
  const name = await projectName(project);
  const settings = readableSettings(await stackFile(stack, project), name);
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-plan-"));
  try {
    const [state, configFile, eventLog] = [
      join(folder, "state"),
      join(folder, `Pulumi.${stack}.yaml`),
      join(folder, "events.jsonl"),
    ];
    await mkdir(state);
    await writeFile(configFile, settings.text);
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    const env: NodeJS.ProcessEnv = {
      PULUMI_BACKEND_URL: pathToFileURL(state).href,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      // The flag --event-log, which the Automation API lives on, is hidden without it.
      PULUMI_DEBUG_COMMANDS: "true",
      [plannedFromNothing]: "true",
    };
    // In the temporary folder: `stack init` writes its salt into the stack's file of the folder it runs in.
    const made = await runPulumi(["stack", "init", stack, "--no-select"], { cwd: folder, env });
    if (made.exitCode !== 0) throw failed(stack, made, []);
    const { stdout: version } = await runPulumi(["version"], { cwd: folder, env });
    const run = await runPulumi(
      [
        "preview",
        "--json",
        "--show-reads",
        "--event-log",
        eventLog,
        "--stack",
        stack,
        "--config-file",
        configFile,
      ],
      { cwd: project, env },
    );
    const events = await readEvents(eventLog);
    if (run.exitCode !== 0) throw failed(stack, run, events);
    return { stack, digest: run.stdout, events, engine: version.trim(), encryptedKeys: settings.leftOut };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function projectName(project: string): Promise<string> {
  const text = await readFile(join(project, "Pulumi.yaml"), "utf8");
  return /^name:\s*["']?([A-Za-z0-9_.-]+)/m.exec(text)?.[1] ?? "fieldlake";
}

async function stackFile(stack: string, project: string): Promise<string> {
  try {
    return await readFile(join(project, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    const others = readdirSync(project).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    throw new CommandError(
      `there is no Pulumi.${stack}.yaml in ${project}`,
      exitCodes.usage,
      `stacks with a file: ${others.join(", ") || "none"}`,
    );
  }
}

async function readEvents(file: string): Promise<EngineEvent[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
}

/** The program's own words; the engine's output where it said none. */
function failed(
  stack: string,
  { output, exitCode }: PulumiRun,
  events: readonly EngineEvent[],
): CommandError {
  const errors = messages(events, "error").join("\n");
  return new CommandError(
    `${stack} can't be planned (pulumi ended with code ${exitCode}):\n${errors || output.slice(-4_000).trim()}`,
    exitCodes.failed,
  );
}

/** What the engine and the program said, each once and sorted, without colours; of a resource, behind its name. */
export function messages(events: readonly EngineEvent[], severity: "error" | "warning"): string[] {
  const said = events.flatMap(({ diagnosticEvent: event }) => {
    if (event?.severity !== severity || event.ephemeral === true) return [];
    const text = event.message
      .replace(/<\{%.*?%\}>/g, "")
      .replace(/^(error|warning): /, "")
      .trim();
    const isOfResource =
      event.urn !== undefined && event.urn !== "" && !event.urn.includes(`::${stackType}::`);
    return text === "" ? [] : [isOfResource ? `${event.urn?.split("::").at(-1)}: ${text}` : text];
  });
  return [...new Set(said)].toSorted();
}
