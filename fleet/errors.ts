/** What the command line's exit codes mean; docs/operations.md lists them for scripts. */
export const exitCodes = {
  ok: 0,
  /** Something failed while it was being done. */
  failed: 1,
  /** The command was not understood, or asks for a confirmation that nobody can give. */
  usage: 2,
  /** There is no environment, or its site is not running. */
  notRunning: 3,
  /** The counts of a feed don't add up. */
  counts: 4,
  /** Another `up` or `destroy` of the same stack is at work. */
  busy: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error in the user's terms: what happened, and below it what to do. Printed without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  /** What the user can do, a line each. */
  readonly advice: readonly string[];

  constructor(message: string, exitCode: ExitCode, ...advice: readonly string[]) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** The user pressed Ctrl-C. */
export const interrupted = (): CommandError =>
  new CommandError(
    "interrupted",
    exitCodes.interrupted,
    "run the same command again: it goes on where it was",
  );

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
