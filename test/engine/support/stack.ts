/** A stack of its own for a test: state, configuration, data and ports apart from everybody else's. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../../support/free-port.ts";

export interface Ran {
  readonly status: number;
  /** Standard output and error, without colours. */
  readonly text: string;
}

export interface TestStack {
  readonly folder: string;
  readonly dataFolder: string;
  readonly keyFolder: string;
  readonly stateFolder: string;
  readonly mqttPort: number;
  readonly consolePort: number;
  readonly enrolmentPort: number;
  /** Replaces keys of the stack's configuration (`fieldlake:` left out). */
  configure(overrides: Record<string, unknown>): void;
  /** `pulumi <args> --stack …` in the project's folder. */
  pulumi(...args: string[]): Promise<Ran>;
  outputs(): Promise<Record<string, unknown>>;
  /** The state, as `pulumi stack export` prints it. */
  exported(): Promise<string>;
  /** Destroys what is left and removes the folder. */
  dispose(): Promise<void>;
}

const project = resolve(import.meta.dirname, "../../..");
const stackName = `engine-test-${process.pid}`;

/** Whether there is an engine at all: `npm test` always brings one in. */
export async function hasEngine(): Promise<boolean> {
  const { status } = await run("pulumi", ["version"], process.env);
  return status === 0;
}

export async function createStack(config: Record<string, unknown>): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-engine-"));
  const [dataFolder, keyFolder, stateFolder] = [
    join(folder, "data"),
    join(folder, "keys"),
    join(folder, "state"),
  ];
  const [mqttPort, consolePort, enrolmentPort] = [await freePort(), await freePort(), await freePort()];
  const configFile = join(folder, `Pulumi.${stackName}.yaml`);
  const base = {
    target: "local",
    environment: "engine",
    local: { mqttPort, consolePort, enrolmentPort, dataFolder, keyFolder },
  };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
  };
  delete env["PULUMI_CONFIG_PASSPHRASE_FILE"];

  const pulumi = (...args: string[]) =>
    run("pulumi", [...args, "--stack", stackName, "--non-interactive", "--config-file", configFile], env);
  const configure = (overrides: Record<string, unknown>) => {
    const merged = {
      ...base,
      ...config,
      ...overrides,
      local: { ...base.local, ...(overrides["local"] as object) },
    };
    const lines = Object.entries(merged).map(
      ([key, value]) => `  fieldlake:${key}: ${JSON.stringify(value)}`,
    );
    writeFileSync(configFile, `config:\n${lines.join("\n")}\n`);
  };
  configure({});
  const made = await run("mkdir", ["-p", stateFolder], env);
  const created = await run("pulumi", ["stack", "init", stackName, "--non-interactive", "--no-select"], env);
  if (made.status !== 0 || created.status !== 0) throw new Error(created.text);
  // `stack init` knows no --config-file: it leaves the salt in the project's folder, and the state has it too.
  rmSync(join(project, `Pulumi.${stackName}.yaml`), { force: true });

  return {
    folder,
    dataFolder,
    keyFolder,
    stateFolder,
    mqttPort,
    consolePort,
    enrolmentPort,
    configure,
    pulumi,
    async outputs() {
      const { text } = await run(
        "pulumi",
        ["stack", "output", "--json", "--show-secrets", "--stack", stackName],
        env,
      );
      return JSON.parse(text) as Record<string, unknown>;
    },
    async exported() {
      return (await run("pulumi", ["stack", "export", "--stack", stackName], env)).text;
    },
    async dispose() {
      await pulumi("destroy", "--yes", "--skip-preview");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((done) => {
    execFile(
      command,
      args,
      { cwd: project, env, maxBuffer: 1 << 26, timeout: 240_000 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ status, text: stdout + stderr });
      },
    );
  });
}
