/** Runs the literal Pulumi CLI and says in the user's terms why it failed. */
import { spawn } from "node:child_process";
import { CommandError, exitCodes } from "./errors.ts";
import { localStack } from "./environment.ts";
import { diskFull, isDiskFull } from "./site-client.ts";

export interface PulumiRun {
  readonly exitCode: number;
  /** Standard output alone. */
  readonly stdout: string;
  /** Both outputs in order of arrival, without colours. */
  readonly output: string;
}

export interface PulumiOptions {
  readonly cwd: string;
  /** Pass the output on as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ask for colours although the output is piped. */
  readonly color?: boolean;
  /** Over the environment of this process; `undefined` takes a variable away. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Rejects with {@link CommandError} where there is no `pulumi`; a run that fails is an answer. */
export function runPulumi(args: readonly string[], options: PulumiOptions): Promise<PulumiRun> {
  const color = ["--color", options.color === true ? "always" : "never"];
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, ...color, "--non-interactive"], {
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PULUMI_SKIP_UPDATE_CHECK: "true", ...process.env, ...options.env },
    });
    let stdout = "";
    let output = "";
    const collect = (isAnswer: boolean) => (text: string) => {
      if (isAnswer) stdout += text;
      output += text;
      options.onOutput?.(text);
    };
    child.stdout.setEncoding("utf8").on("data", collect(true));
    child.stderr.setEncoding("utf8").on("data", collect(false));
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "ENOENT"
          ? new CommandError(
              "pulumi is not on PATH",
              exitCodes.failed,
              "run the command through npm (npm start, npx fieldlake …): it brings in an engine",
            )
          : error,
      );
    });
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, output: withoutColors(output) }));
  });
}
const withoutColors = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, "");

/** What `pulumi up` or `destroy` did to the resources: the counts below "Resources:" at the end. */
export interface ResourceChanges {
  readonly changed: number;
  readonly unchanged: number;
}

export function resourceChanges(output: string): ResourceChanges {
  const summary = output.slice(Math.max(0, output.lastIndexOf("\nResources:")));
  const counts = [
    ...summary.matchAll(/^\s+[^\s\d]*\s*(\d+) (created|updated|replaced|deleted|unchanged)$/gm),
  ];
  const sum = (isUnchanged: boolean) =>
    counts
      .filter(([, , what]) => (what === "unchanged") === isUnchanged)
      .reduce((total, [, number]) => total + Number(number), 0);
  return { changed: sum(false), unchanged: sum(true) };
}

/** Why an engine command failed, from what it printed. `what` is `pulumi up` or `pulumi destroy`. */
export function explainPulumiFailure(what: string, { output, exitCode }: PulumiRun): CommandError {
  if (/stack is currently locked|Another update is currently in progress/.test(output)) {
    return new CommandError(
      `${what}: another pulumi command is at work on the stack ${localStack}`,
      exitCodes.busy,
      "wait for it to end and run the same command again",
      `if none is running, a crash left its lock: npm run pulumi -- cancel --yes --stack ${localStack}`,
    );
  }
  if (/incorrect passphrase/.test(output)) {
    return new CommandError(
      `${what}: the passphrase does not open the secrets of the stack ${localStack}`,
      exitCodes.failed,
      "put back the passphrase file below .fieldlake/ (or PULUMI_CONFIG_PASSPHRASE) that the stack was made with",
    );
  }
  // The site's own words (site/broker/listener.ts), and Node's.
  const [, taken, other] =
    /cannot listen on \S*:(\d{1,5}): the port is in use|EADDRINUSE[^\n]*?:(\d{1,5})\b/.exec(output) ?? [];
  const port = taken ?? other;
  if (port !== undefined) {
    return new CommandError(
      `${what}: port ${port} is taken by another program`,
      exitCodes.failed,
      "stop that program, or choose other ports and run the same command again:",
      `npm run pulumi -- config set --stack ${localStack} --path fieldlake:local.mqttPort 18883`,
      `npm run pulumi -- config set --stack ${localStack} --path fieldlake:local.consolePort 18484`,
      `npm run pulumi -- config set --stack ${localStack} --path fieldlake:local.enrolmentPort 18885`,
    );
  }
  if (isDiskFull(output)) return diskFull(`${what} could not write`);
  return new CommandError(
    `${what} failed (exit code ${exitCode}); what it printed above says why`,
    exitCodes.failed,
    "run the same command again once the cause is gone: it goes on where it was",
  );
}

/** Whether an engine command failed because there is no such stack. */
export const isStackMissing = ({ output }: PulumiRun): boolean =>
  /no stack named|no stack selected/.test(output);
