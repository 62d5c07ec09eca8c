import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, extname, join } from "node:path";
import { InterruptedError } from "./errors.mjs";

/** How long a process may take to end after SIGTERM before it is killed. */
const GRACE_MILLISECONDS = 5_000;
/** What is kept of a process's output, for error messages and answers; older output is dropped. */
const OUTPUT_LIMIT = 256 * 1024;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout] milliseconds, then the process and its children are ended; default: none
 * @property {AbortSignal} [signal] ends the process and its children, and rejects with {@link InterruptedError}
 * @property {(line: string) => void} [onLine] each line of output and error output as it comes
 */

/**
 * @typedef {object} RunResult
 * @property {boolean} ok whether it ended by itself with exit code 0
 * @property {number | null} code null where it could not be started or was killed
 * @property {boolean} timedOut
 * @property {string} stdout
 * @property {string} output standard output and error output, in order of arrival
 */

/**
 * Runs a process to its end with its output captured. A process that fails, or can't be started, is an answer,
 * not an exception. It gets a process group of its own, so that its children end with it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env, timeout, signal, onLine } = {}) {
  if (signal?.aborted) return Promise.reject(interruption(signal));
  return new Promise((resolve, reject) => {
    const ownGroup = process.platform !== "win32";
    const child = spawn(command, args, {
      cwd,
      env,
      detached: ownGroup,
      stdio: ["ignore", "pipe", "pipe"],
      // Windows starts .cmd files (npm, among others) only through its shell.
      shell: process.platform === "win32" && extname(command).toLowerCase() === ".cmd",
      windowsHide: true,
    });
    let stdout = "";
    let output = "";
    let timedOut = false;
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;

    /** @param {NodeJS.Signals} name */
    const signalGroup = (name) => {
      if (child.pid === undefined) return;
      try {
        if (ownGroup) process.kill(-child.pid, name);
        else child.kill(name);
      } catch {
        // It has ended in the meantime.
      }
    };
    const end = () => {
      signalGroup("SIGTERM");
      killTimer ??= setTimeout(() => signalGroup("SIGKILL"), GRACE_MILLISECONDS);
    };
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            end();
          }, timeout);
    signal?.addEventListener("abort", end, { once: true });
    // A second Ctrl-C may end this process at once; its children must not stay behind.
    const onExit = () => signalGroup("SIGKILL");
    process.once("exit", onExit);

    const lines = { stdout: lineSplitter(onLine), stderr: lineSplitter(onLine) };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT);
      output = (output + text).slice(-OUTPUT_LIMIT);
      lines.stdout.add(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
      lines.stderr.add(text);
    });

    /** @param {number | null} code @param {string} [problem] */
    const finish = (code, problem) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal?.removeEventListener("abort", end);
      process.off("exit", onExit);
      lines.stdout.end();
      lines.stderr.end();
      if (signal?.aborted) reject(interruption(signal));
      else
        resolve({
          ok: code === 0 && !timedOut,
          code,
          timedOut,
          stdout,
          output: problem ? `${output}${problem}` : output,
        });
    };
    child.once("error", (error) => finish(null, error.message));
    child.once("close", (code) => finish(code));
  });
}

/** @param {AbortSignal} signal */
const interruption = (signal) =>
  signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();

/** @param {((line: string) => void) | undefined} onLine */
function lineSplitter(onLine) {
  let rest = "";
  return {
    /** @param {string} text */
    add(text) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      if (onLine) lines.forEach(onLine);
    },
    end() {
      if (rest !== "") onLine?.(rest);
    },
  };
}

/**
 * Finds an executable the way a shell does.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its path as found on PATH, links not followed
 */
export function which(name, env = process.env) {
  const windows = process.platform === "win32";
  const suffixes = windows ? ["", ...(env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  for (const folder of (env[pathKey(env)] ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const suffix of suffixes) {
      const candidate = join(folder, name + suffix);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/**
 * The name under which an environment holds its search path: Windows spells it "Path" at times.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export const pathKey = (env) => Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
