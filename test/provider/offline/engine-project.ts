/** A stack of its own for a test: project, backend and launchers of the offline providers in one folder. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { mainOf } from "./plugin-client.ts";

const run = promisify(execFile);

/** How long one command of the engine may take, in milliseconds. */
const timeout = 40_000;

/** A command of the engine that failed, with what it wrote. */
export class CommandFailure extends Error {}

/** The messages of a failed preview in JSON, which shows all resources as well; other text as it is. */
const diagnosticsOf = (stdout: string): string => {
  try {
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { message: string }[] };
    return diagnostics.map(({ message }) => message).join("");
  } catch {
    return stdout;
  }
};

/** One resource in an exported state. */
export interface StoredResource {
  urn: string;
  type: string;
  custom?: boolean;
  id?: string;
  parent?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  dependencies?: string[];
  additionalSecretOutputs?: string[];
}

/** An exported state. */
export interface StoredStack {
  version: number;
  deployment: { resources: StoredResource[]; [name: string]: unknown };
}

/** What a preview says of one resource. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly inputs?: Record<string, unknown> };
}

/** Name of the stack. */
export const stackName = "test";

/** Name of the project. */
export const projectName = "offline";

export class EngineProject {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string) {
    this.folder = folder;
    this.#environment = {
      ...process.env,
      PATH: `${join(folder, "launchers")}:${process.env["PATH"] ?? ""}`,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_HOME: join(folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NODE_OPTIONS: "",
    };
  }

  /** Makes the folder, with a program that the engine runs as an ES module, and the stack. */
  static async create(program: string): Promise<EngineProject> {
    const folder = await mkdtemp(join(tmpdir(), "fieldlake-offline-engine-"));
    for (const name of ["launchers", "state", "home"]) await mkdir(join(folder, name));
    for (const name of ["tls", "random", "aws", "azure-native"]) {
      const launcher = `#!/bin/sh\nexec '${process.execPath}' '${mainOf(name)}' "$@"\n`;
      await writeFile(join(folder, "launchers", `pulumi-resource-${name}`), launcher, { mode: 0o755 });
    }
    await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
    const runtime = { name: "nodejs", options: { typescript: false } };
    await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name: projectName, runtime }));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "index.js" }));
    await writeFile(join(folder, "index.js"), program);
    const project = new EngineProject(folder);
    await project.pulumi("stack", "init", stackName);
    return project;
  }

  /** Runs the engine; throws {@link CommandFailure} if it fails. */
  async pulumi(...args: string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.#environment, timeout, maxBuffer: 1 << 26 };
    try {
      return (await run("pulumi", [...args, "--non-interactive"], options)).stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new CommandFailure(`pulumi ${args.join(" ")} failed:\n${diagnosticsOf(stdout)}\n${stderr}`);
    }
  }

  up(...options: string[]): Promise<string> {
    return this.pulumi("up", "--yes", "--skip-preview", ...options);
  }

  /**
   * What an update would do, without the resources that stay as they are.
   * @param settings of the program, each as `key=value`; they are kept for later commands
   */
  async preview(...settings: string[]): Promise<PreviewStep[]> {
    const options = settings.flatMap((setting) => ["--config", setting]);
    const { steps } = JSON.parse(await this.pulumi("preview", "--json", ...options)) as {
      steps: PreviewStep[];
    };
    return steps.filter(({ op }) => op !== "same");
  }

  async outputs(): Promise<Record<string, unknown>> {
    const text = await this.pulumi("stack", "output", "--json", "--show-secrets");
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** The state; secrets are encrypted unless asked for. */
  async export(...options: string[]): Promise<StoredStack> {
    return JSON.parse(await this.pulumi("stack", "export", ...options)) as StoredStack;
  }

  /** Puts a state in place of the stack's own. */
  async import(stack: StoredStack): Promise<void> {
    await writeFile(join(this.folder, "import.json"), JSON.stringify(stack));
    await this.pulumi("stack", "import", "--file", "import.json");
  }

  /** Everything the backend has written, as one text. */
  async backendText(): Promise<string> {
    return readFile(
      join(this.folder, "state", ".pulumi", "stacks", projectName, `${stackName}.json`),
      "utf8",
    );
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
