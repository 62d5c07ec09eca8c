import { join } from "node:path";
import { computeEnvironment } from "./env.mjs";
import { InterruptedError } from "./lib/errors.mjs";
import { run } from "./lib/processes.mjs";
import { createProgress } from "./lib/progress.mjs";
import { toolchainPaths } from "./paths.mjs";
import { ensureBrowser } from "./steps/browser.mjs";
import { ensureDependencies } from "./steps/dependencies.mjs";
import { ensureDuckdb } from "./steps/duckdb.mjs";
import { ensureEngine } from "./steps/engine.mjs";
import { ensureNode } from "./steps/node.mjs";
import { linkNode } from "./steps/node-link.mjs";
import { ensurePlugins } from "./steps/plugins.mjs";
import { ensureState } from "./steps/state.mjs";
import { wantedProviders } from "./steps/wanted-providers.mjs";

/**
 * What every step works with. Tests put their own in.
 *
 * @typedef {object} Context
 * @property {import("./paths.mjs").ToolchainPaths} paths
 * @property {NodeJS.ProcessEnv} env the user's environment
 * @property {string} platform as `process.platform`
 * @property {string} arch as `process.arch`
 * @property {{ executable: string, version: string }} node the running Node
 * @property {typeof run} run
 * @property {import("./lib/progress.mjs").Progress} progress
 * @property {AbortSignal} signal aborted when the user interrupts
 */

/** @typedef {"engine" | "duckdb" | "browser"} Need */

/**
 * What each command needs beyond the npm packages and a Node; a command that is not listed needs no more.
 * "engine" includes the provider plugins and the place of the state.
 *
 * @type {Readonly<Record<string, readonly Need[]>>}
 */
export const NEEDS = Object.freeze({
  start: ["engine", "duckdb"],
  destroy: ["engine", "duckdb"],
  pulumi: ["engine", "duckdb"],
  toolchain: ["engine", "duckdb"],
  test: ["engine", "duckdb", "browser"],
  query: ["duckdb"],
  fleet: ["engine"],
  lake: ["engine", "duckdb"],
  evidence: ["engine", "duckdb"],
  plan: ["engine"],
  service: ["engine", "duckdb"],
});

/**
 * The option by which a command asks for what a stack says, where it does not always.
 *
 * @type {Readonly<Record<string, string>>}
 */
const STACK_OPTIONS = Object.freeze({
  status: "--token",
  alarms: "--stack",
  replay: "--stack",
  report: "--stack",
  token: "--stack",
  upload: "--target",
});

/**
 * @param {string} command
 * @param {readonly string[]} [args] its arguments
 * @returns {readonly Need[]}
 */
export function needsOf(command, args = []) {
  // What a stack says of itself is read by the engine: the page's access token, a place in a cloud.
  const ofStack = Object.hasOwn(STACK_OPTIONS, command) ? STACK_OPTIONS[command] : undefined;
  if (ofStack !== undefined && args.some((arg) => arg.split("=")[0] === ofStack)) return ["engine"];
  return Object.hasOwn(NEEDS, command) ? (NEEDS[command] ?? []) : [];
}

/**
 * The context of this process. Until `release` is called, an interrupt ends the step under way, cleanly.
 *
 * @returns {Context & { release: () => void }}
 */
export function createContext() {
  const interrupt = new AbortController();
  /** @type {Array<[NodeJS.Signals, () => void]>} */
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((name) => {
    const signal = /** @type {NodeJS.Signals} */ (name);
    return [signal, () => interrupt.abort(new InterruptedError(signal))];
  });
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    paths: toolchainPaths(),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    node: { executable: process.execPath, version: process.versions.node },
    run,
    progress: createProgress(),
    signal: interrupt.signal,
    release: () => handlers.forEach(([signal, handler]) => process.off(signal, handler)),
  };
}

/**
 * Brings in what a command needs, each part only where it is missing.
 *
 * @param {Context} context
 * @param {readonly string[]} argv the command and its arguments
 * @returns {Promise<{ resolved: import("./env.mjs").Resolved & { node: { executable: string } }, env: NodeJS.ProcessEnv }>}
 * @throws {import("./lib/errors.mjs").ToolchainError} where something can't be had
 * @throws {InterruptedError}
 */
export async function ensureToolchain(context, argv) {
  const [command = "", ...args] = argv;
  const needs = needsOf(command, args);
  await ensureDependencies(context);
  const found = await ensureNode(context);
  const node = { ...found, folder: await linkNode(context, found.executable) };
  /** @type {import("./env.mjs").Resolved & { node: typeof node }} */
  const resolved = { node };
  if (needs.includes("engine")) {
    const { pulumi } = (resolved.engine = await ensureEngine(context, node.executable));
    resolved.state = ensureState(context);
    const env = computeEnvironment(context.env, resolved, context.platform);
    const wanted = await wantedProviders(argv, {
      root: context.paths.root,
      selectedStack: () => selectedStack(context, pulumi, env),
    });
    const sharedState = resolved.state.source !== "local";
    resolved.plugins = await ensurePlugins(
      context,
      { node: node.executable, pulumi },
      { ...wanted, sharedState },
    );
  }
  if (needs.includes("duckdb")) resolved.duckdb = await ensureDuckdb(context, node.executable);
  if (needs.includes("browser")) resolved.browser = await ensureBrowser(context);
  return { resolved, env: computeEnvironment(context.env, resolved, context.platform) };
}

/**
 * @param {Context} context
 * @param {string} pulumi
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} the stack that Pulumi works on where none is named
 */
async function selectedStack(context, pulumi, env) {
  const options = { cwd: context.paths.root, env, signal: context.signal };
  const shown = await context.run(pulumi, ["stack", "--show-name", "--non-interactive"], options);
  return shown.ok ? shown.output.trim().split("\n").at(-1) : undefined;
}

/** @param {Context} context where copies of stack files lie while a command runs */
export const stackFileMemory = (context) => join(context.paths.launchers, "stack-files");
