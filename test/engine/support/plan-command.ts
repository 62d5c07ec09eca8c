/** `npm run plan` as a person runs it, and the engine's own opinion of what it exports. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Plan } from "../../../fleet/plan/document.ts";
import type { ExportedDeployment } from "../../../fleet/plan/export.ts";
import type { Ran } from "./stack.ts";

const project = resolve(import.meta.dirname, "../../..");

export interface Planned extends Ran {
  readonly plan: Plan;
  readonly exported: ExportedDeployment;
}

/**
 * The command with `--json` and `--export`, of a shipped stack. Throws with its words where it fails.
 * @param env added @param more arguments
 */
export async function planCommand(
  stack: string,
  env: NodeJS.ProcessEnv = {},
  more: readonly string[] = [],
): Promise<Planned> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-plan-test-"));
  try {
    const file = join(folder, "plan.json");
    const program = join(project, "toolchain/fieldlake.mjs");
    const command = [program, "plan", "--json", "--export", file, ...more, stack];
    const { status, stdout, text } = await run(process.execPath, command, project, {
      ...process.env,
      ...env,
    });
    if (status !== 0) throw new Error(text);
    return {
      ...{ status, text, plan: JSON.parse(stdout) as Plan },
      exported: JSON.parse(await readFile(file, "utf8")) as ExportedDeployment,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What the engine makes of a deployment: it checks form, order and references when it imports one. Secrets, which a
 * plan does not have, are put in as plain text: without a key the engine could not open them.
 */
export async function throughEngine(
  deployment: ExportedDeployment,
  stack: string,
): Promise<ExportedDeployment> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-import-test-"));
  try {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    await mkdir(join(folder, "state"));
    await writeFile(join(folder, "Pulumi.yaml"), "name: fieldlake\nruntime: nodejs\n");
    await writeFile(join(folder, "deployment.json"), JSON.stringify(withoutSecrets(deployment)));
    const pulumi = async (...args: string[]) => {
      const ran = await run("pulumi", [...args, "--non-interactive"], folder, env);
      if (ran.status !== 0) throw new Error(ran.text);
      return ran.stdout;
    };
    await pulumi("stack", "init", stack);
    await pulumi("stack", "import", "--file", "deployment.json");
    return JSON.parse(await pulumi("stack", "export")) as ExportedDeployment;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function withoutSecrets<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && "ciphertext" in inner ? "secret" : inner,
  ) as Value;
}

function run(
  executable: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Ran & { readonly stdout: string }> {
  return new Promise((done) => {
    execFile(
      executable,
      args,
      { cwd, env, maxBuffer: 1 << 28, timeout: 240_000 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ status, stdout, text: stdout + stderr });
      },
    );
  });
}
