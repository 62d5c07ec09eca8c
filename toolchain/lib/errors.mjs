/** A step that can't be done here. Its message is for the user: what failed, why, and what to install by hand. */
export class ToolchainError extends Error {
  /**
   * @param {string} step the step's name as the user sees it, for example "engine"
   * @param {string} problem what went wrong, lower case, no full stop
   * @param {readonly string[]} byHand what the user can do instead; one line each
   * @param {string} [output] the last lines of the tool that failed
   */
  constructor(step, problem, byHand, output = "") {
    super(
      [
        `${step}: ${problem}`,
        ...lastLines(output, 20).map((line) => `    ${line}`),
        "  what you can do; then run the same command again:",
        ...byHand.map((line) => `  - ${line}`),
      ].join("\n"),
    );
    this.name = "ToolchainError";
    this.step = step;
  }
}

/** The user pressed Ctrl-C, or the process was asked to end, while a step was under way. */
export class InterruptedError extends Error {
  /** @param {NodeJS.Signals} [signal] */
  constructor(signal = "SIGINT") {
    super("interrupted; what was finished is kept, run the same command again to go on");
    this.name = "InterruptedError";
    this.signal = signal;
  }
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count);
}
