/**
 * The toolchain is JavaScript with JSDoc types, and the project's own tsconfig.json does not read those. What the
 * tests import is declared here for it; toolchain/tsconfig.json checks the same tests against the real types.
 */
declare module "*/toolchain/versions.mjs" {
  export const MINIMUM_NODE: string;
  export const MINIMUM_GO: string;
  export const MINIMUM_PULUMI: string;
  export const GO_BUILT_PULUMI: string;
  export const GO_BUILT_LANGUAGE_HOST: string;
  export const CHROMIUM_PACKAGE: Readonly<{ name: string; version: string; integrity: string }>;
  export const NODE_PACKAGES: Readonly<Record<string, { name: string; version: string; integrity: string }>>;
  export function compareVersions(left: string, right: string): number;
  export function versionIn(output: string): string | undefined;
}
declare module "*/toolchain/paths.mjs" {
  export const PROJECT_ROOT: string;
  export interface ToolchainPaths {
    root: string;
    cache: string;
    local: string;
    launchers: string;
  }
  export function userCacheFolder(from?: {
    env?: NodeJS.ProcessEnv;
    platform?: string;
    home?: string;
  }): string;
  export function toolchainPaths(root?: string, cache?: string): ToolchainPaths;
}
declare module "*/toolchain/lib/processes.mjs" {
  export interface RunOptions {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    timeout?: number;
    signal?: AbortSignal;
    onLine?: (line: string) => void;
  }
  export interface RunResult {
    ok: boolean;
    code: number | null;
    timedOut: boolean;
    stdout: string;
    output: string;
  }
  export function run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  export function which(name: string, env?: NodeJS.ProcessEnv): string | undefined;
}
declare module "*/toolchain/lib/progress.mjs" {
  export interface Task {
    detail(text: string): void;
    done(text: string): void;
    stop(): void;
  }
  export interface Progress {
    start(step: string, text: string): Task;
    note(step: string, text: string): void;
  }
  export function createProgress(
    stream?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
    options?: { lineInterval?: number },
  ): Progress;
}
declare module "*/toolchain/toolchain.mjs" {
  import type { ToolchainPaths } from "*/toolchain/paths.mjs";
  import type { run } from "*/toolchain/lib/processes.mjs";
  import type { Progress } from "*/toolchain/lib/progress.mjs";
  export interface Context {
    paths: ToolchainPaths;
    env: NodeJS.ProcessEnv;
    platform: string;
    arch: string;
    node: { executable: string; version: string };
    run: typeof run;
    progress: Progress;
    signal: AbortSignal;
  }
  export function needsOf(command: string, args?: readonly string[]): readonly string[];
  export function createContext(): Context & { release: () => void };
}
declare module "*/toolchain/lib/lock.mjs" {
  export function withLock<T>(
    file: string,
    body: () => Promise<T>,
    options?: { signal?: AbortSignal; onWait?: (owner: string) => void; silence?: number },
  ): Promise<T>;
}
declare module "*/toolchain/lib/build-once.mjs" {
  export function buildOnce(
    target: string,
    build: (folder: string) => Promise<void>,
    options?: { isComplete?: (target: string) => boolean; signal?: AbortSignal },
  ): Promise<"cached" | "built">;
}
declare module "*/toolchain/lib/test-counts.mjs" {
  export interface Counts {
    passed: number;
    failed: number;
    skipped: number;
  }
  export function countsLine(counts: Counts): string;
  export function abortedFiles(results: {
    testResults: readonly { testFilePath: string; failureMessage?: string | null }[];
  }): string[];
  export function countsAgain(first: Counts, aborted: number, again?: Counts): Counts;
  export function countResults(results: {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    numRuntimeErrorTestSuites: number;
  }): Counts;
  export function totalCounts(
    checks: readonly boolean[],
    jest: { ok: boolean; counts: Counts | undefined },
  ): Counts;
}
declare module "*/toolchain/env.mjs" {
  import type { Browser } from "*/toolchain/steps/browser.mjs";
  import type { Engine } from "*/toolchain/steps/engine.mjs";
  import type { ProviderPlugin } from "*/toolchain/steps/plugins.mjs";
  import type { State } from "*/toolchain/steps/state.mjs";
  export interface Resolved {
    node?: { executable: string; folder: string; version: string; source: string };
    engine?: Engine;
    plugins?: readonly ProviderPlugin[];
    duckdb?: { extension: string; version: string; source: string };
    browser?: Browser;
    state?: State;
  }
  export function computeEnvironment(
    base: NodeJS.ProcessEnv,
    resolved: Resolved,
    platform?: string,
  ): NodeJS.ProcessEnv;
}
declare module "*/toolchain/summary.mjs" {
  import type { Resolved } from "*/toolchain/env.mjs";
  import type { ToolchainPaths } from "*/toolchain/paths.mjs";
  export function summary(resolved: Resolved, paths: ToolchainPaths): string;
  export function oneLine(resolved: Resolved): string;
}
declare module "*/toolchain/steps/dependencies.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export function ensureDependencies(
    context: Context,
  ): Promise<{ source: "cached" | "adopted" | "installed" }>;
}
declare module "*/toolchain/steps/node.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export function ensureNode(
    context: Context,
  ): Promise<{ executable: string; version: string; source: "running" | "npm" }>;
}
declare module "*/toolchain/steps/engine.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export interface Engine {
    pulumi: string;
    version: string;
    source: "path" | "installer" | "go";
  }
  export function ensureEngine(context: Context, node: string): Promise<Engine>;
}
declare module "*/toolchain/steps/plugins.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export interface ProviderPlugin {
    name: string;
    version: string;
    source: "path" | "installed" | "offline";
    folder?: string;
  }
  export function ensurePlugins(
    context: Context,
    tools: { node: string; pulumi: string },
    wanted: { names: readonly string[]; deploys: boolean; offline: boolean; sharedState: boolean },
  ): Promise<ProviderPlugin[]>;
}
declare module "*/toolchain/steps/wanted-providers.mjs" {
  export function wantedProviders(
    argv: readonly string[],
    from: { root: string; selectedStack: () => Promise<string | undefined> },
  ): Promise<{ names: readonly string[]; deploys: boolean; offline: boolean }>;
}
declare module "*/toolchain/steps/duckdb.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export function ensureDuckdb(
    context: Context,
    node: string,
  ): Promise<{
    extension: string;
    version: string;
    source: "environment" | "cached" | "online" | "wheel";
  }>;
}
declare module "*/toolchain/steps/browser.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export type Browser =
    { source: "environment" | "npm" | "path"; executable: string } | { source: "none"; problem: string };
  export function ensureBrowser(context: Context): Promise<Browser>;
}
declare module "*/toolchain/steps/state.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  export interface State {
    source: "user" | "local";
    description: string;
    backendUrl?: string;
    passphraseFile?: string;
  }
  export function ensureState(context: Context): State;
}
declare module "*/toolchain/steps/stack-files.mjs" {
  export function rememberStackFiles(root: string, memory: string, state: string): () => void;
}
declare module "*/toolchain/steps/stack.mjs" {
  import type { Context } from "*/toolchain/toolchain.mjs";
  import type { State } from "*/toolchain/steps/state.mjs";
  export function wantsLocalStack(argv: readonly string[]): boolean;
  export function ensureLocalStack(
    context: Context,
    pulumi: string,
    env: NodeJS.ProcessEnv,
    state: State,
  ): Promise<void>;
}
