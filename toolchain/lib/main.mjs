import { InterruptedError, ToolchainError } from "./errors.mjs";
import { SIGNAL_NUMBERS } from "./foreground.mjs";

/**
 * Runs a program's body. What the user can mend is told in a few lines and ends with exit code 1; an interrupt ends
 * with that of a shell; anything else is a defect and keeps its stack trace.
 *
 * @param {() => Promise<void>} body
 */
export async function runMain(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof ToolchainError || error instanceof InterruptedError)) throw error;
    console.error(`fieldlake ${error.message}`);
    process.exit(error instanceof InterruptedError ? 128 + (SIGNAL_NUMBERS[error.signal] ?? 2) : 1);
  }
}
