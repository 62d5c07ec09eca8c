import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunOptions, RunResult } from "../../toolchain/lib/processes.mjs";
import { run } from "../../toolchain/lib/processes.mjs";
import { toolchainPaths } from "../../toolchain/paths.mjs";
import type { Context } from "../../toolchain/toolchain.mjs";

/** A temporary folder for one test file. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "fieldlake-toolchain-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function write(file: string, content: string, mode = 0o644): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

export const writeScript = (file: string, body: string): string => write(file, `#!/bin/sh\n${body}\n`, 0o755);

export const succeeded = (stdout = ""): RunResult => ({
  ok: true,
  code: 0,
  timedOut: false,
  stdout,
  output: stdout,
});

export const failed = (output = ""): RunResult => ({
  ok: false,
  code: 1,
  timedOut: false,
  stdout: "",
  output,
});

export interface Call {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

export interface TestContext extends Context {
  /** What the step ran, in order. */
  readonly calls: Call[];
  /** What the user was told, in order. */
  readonly said: string[];
}

/**
 * A context in a folder of its own, on Linux with an old Node and nothing on PATH.
 *
 * @param answer what a process that a step runs answers; default: it is really run
 */
export function testContext(
  folder: string,
  {
    answer,
    ...overrides
  }: Partial<Context> & { answer?: (call: Call) => Promise<RunResult> | RunResult } = {},
): TestContext {
  const calls: Call[] = [];
  const said: string[] = [];
  const say = (step: string, text: string) => void said.push(`${step}: ${text}`);
  return {
    paths: toolchainPaths(join(folder, "project"), join(folder, "cache")),
    env: { PATH: join(folder, "bin") },
    platform: "linux",
    arch: "x64",
    node: { executable: "/usr/bin/node", version: "20.20.2" },
    run: async (command, args, options = {}) => {
      const call = { command, args, options };
      calls.push(call);
      return await (answer ? answer(call) : run(command, args, options));
    },
    progress: {
      note: say,
      start: (step, text) => {
        say(step, text);
        return { detail: () => {}, done: (result) => say(step, result), stop: () => {} };
      },
    },
    signal: new AbortController().signal,
    calls,
    said,
    ...overrides,
  };
}

/** The message of the error that a promise rejects with; fails where it does not. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it did not fail");
}
