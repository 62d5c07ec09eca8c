/**
 * A stack of a cloud target for a test: the real engine and program, the project's offline providers, state and
 * configuration of its own. It proves plan, policy and state, never that a cloud accepts them.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Ran } from "./stack.ts";

const project = resolve(import.meta.dirname, "../../..");

const timeoutMs = 300_000;
/** Stacks of this process so far: each has a name of its own. */
let made = 0;
/** What the engine puts where a value is not known yet. */
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Step {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface CloudStack {
  /** Adds lines to the stack's configuration, below `config:`. */
  configure(...lines: readonly string[]): Promise<void>;
  /** Changes a piece of the configuration's text; throws where it is not there. */
  reconfigure(from: string, to: string): Promise<void>;
  pulumi(...args: string[]): Promise<Ran>;
  /** What an update would do; throws with the engine's words where it would not. */
  preview(): Promise<Step[]>;
  /** The state as text; secrets are encrypted. */
  state(): Promise<string>;
  dispose(): Promise<void>;
}

export const isUnknown = (value: unknown): boolean => JSON.stringify(value ?? null).includes(unknownMarker);

export interface CloudStackOptions {
  /** The engine's command line. Default: `pulumi` of PATH, which `npm test` puts there. */
  readonly command?: readonly [executable: string, ...first: string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** Replaces the expected number of devices of the shipped configuration. */
  readonly devices?: number;
}

/** @param shipped a stack's configuration of the project, for example Pulumi.aws-dev.yaml */
export async function createCloudStack(
  shipped: string,
  { command: [executable, ...first] = ["pulumi"], env: added = {}, devices }: CloudStackOptions = {},
): Promise<CloudStack> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-cloud-"));
  const [launchers, state] = [join(folder, "launchers"), join(folder, "state")];
  for (const path of [launchers, state]) await mkdir(path);
  for (const name of ["tls", "random", "aws", "azure-native"]) {
    const main = join(project, "provider/offline", name, "main.ts");
    const launcher = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
    await writeFile(join(launchers, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
  }
  const stackName = `cloud-test-${process.pid}-${++made}`;
  const configFile = join(folder, "Pulumi.test.yaml");
  const text = await readFile(join(project, shipped), "utf8");
  await writeFile(
    configFile,
    devices === undefined ? text : text.replace(/^( +devices: )\d+$/m, `$1${devices}`),
  );
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${launchers}:${process.env["PATH"] ?? ""}`,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
    // The state is written when the engine ends, not anew for each of hundreds of resources; what it has is the same.
    PULUMI_EXPERIMENTAL: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
    // Without any credentials: the plan must need none.
    AWS_EC2_METADATA_DISABLED: "true",
    ...added,
  };
  for (const name of Object.keys(env)) {
    if (/^(PULUMI_CONFIG_PASSPHRASE_FILE|AWS_(ACCESS|SECRET|SESSION|PROFILE).*)$/.test(name))
      delete env[name];
  }

  const run = (args: readonly string[]): Promise<Ran & { readonly stdout: string }> =>
    new Promise((done) => {
      const options = { cwd: project, env, maxBuffer: 1 << 28, timeout: timeoutMs };
      execFile(executable, [...first, ...args, "--non-interactive"], options, (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ status, stdout, text: stdout + stderr });
      });
    });
  const pulumi = (...args: string[]) => run([...args, "--stack", stackName, "--config-file", configFile]);
  const created = await run(["stack", "init", stackName, "--no-select"]);
  // `stack init` knows no --config-file: it leaves the salt in the project's folder, and the state has it too.
  await rm(join(project, `Pulumi.${stackName}.yaml`), { force: true });
  if (created.status !== 0) throw new Error(created.text);

  return {
    pulumi,
    async configure(...lines) {
      // The engine writes its salt below the configuration: lines go to its top.
      const text = await readFile(configFile, "utf8");
      const added = lines.map((line) => `  ${line}\n`).join("");
      await writeFile(configFile, text.replace(/^config:\n/m, `config:\n${added}`));
    },
    async reconfigure(from, to) {
      const text = await readFile(configFile, "utf8");
      if (!text.includes(from)) throw new Error(`${configFile}: there is no "${from}"`);
      await writeFile(configFile, text.replace(from, to));
    },
    async preview() {
      const { status, stdout, text } = await pulumi("preview", "--json");
      if (status !== 0) throw new Error(text);
      const { steps } = JSON.parse(stdout) as {
        steps: { op: string; urn: string; newState?: { type: string; inputs?: Record<string, unknown> } }[];
      };
      return steps.map(({ op, urn, newState }) => ({
        op,
        type: newState?.type ?? "",
        name: urn.split("::").at(-1) ?? "",
        inputs: newState?.inputs ?? {},
      }));
    },
    async state() {
      return (await run(["stack", "export", "--stack", stackName])).stdout;
    },
    async dispose() {
      await pulumi("destroy", "--yes", "--skip-preview");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
