import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/**
 * Runs the user's command as if it had been typed: it owns the terminal, its exit code is ours, and signals reach
 * it. A Ctrl-C at a terminal goes to the whole foreground process group, so the command has had it already and
 * must not get it twice: the engine takes a second one as "stop at once, whatever the state".
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, problem?: string }>} `problem` where it could
 *   not be started
 */
export function runForeground(command, args, { cwd, env } = {}) {
  return new Promise((resolve) => {
    // Before the command starts: a signal must not end us while it begins to work.
    const stopForwarding = forwardSignals((signal) => void child.kill(signal));
    const child = spawn(command, args, { cwd, env, stdio: "inherit" });
    child.once("error", (error) => {
      stopForwarding();
      resolve({ code: 127, signal: null, problem: error.message });
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve({ code: code ?? 1, signal });
    });
  });
}

/**
 * Ends this process the way its command ended, so that a shell sees the same exit status.
 *
 * @param {{ code: number, signal: NodeJS.Signals | null }} ended
 */
export function exitLike({ code, signal }) {
  if (signal && process.platform !== "win32") {
    process.kill(process.pid, signal);
    // The signal arrives asynchronously; the exit status is the same should it be ignored.
    setTimeout(() => process.exit(128 + (SIGNAL_NUMBERS[signal] ?? 1)), 200);
  } else {
    process.exit(code);
  }
}

/** @type {Readonly<Partial<Record<NodeJS.Signals, number>>>} */
export const SIGNAL_NUMBERS = Object.freeze({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 });

/** @param {(signal: NodeJS.Signals) => void} forward @returns {() => void} stops forwarding */
function forwardSignals(forward) {
  const terminal = hasTerminal();
  /** @type {Array<[NodeJS.Signals, () => void]>} */
  const handlers = [
    ["SIGINT", () => void (terminal || forward("SIGINT"))],
    ["SIGHUP", () => void (terminal || forward("SIGHUP"))],
    ["SIGTERM", () => forward("SIGTERM")],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** Whether a terminal controls this process, even where all three standard streams are redirected. */
function hasTerminal() {
  if (process.platform === "win32") return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
