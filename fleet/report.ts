import { CommanderError } from "commander";
import { CommandError, exitCodes, type ExitCode } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/** Errors whose message says what to do already, by name: the authority's libraries know no command line. */
const explained: ReadonlySet<string> = new Set([
  "SignerError",
  "FinalSignerError",
  "IssuerError",
  "RegistryError",
  "RegistryConflictError",
  "DeviceFileError",
  "KeyFileError",
]);

/** Says what went wrong and what to do, and returns the exit code. A defect of ours keeps its stack. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  // Commander has said what there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CommandError) {
    terminal.note(`${terminal.style("bad", "error:")} ${error.message}`);
    error.advice.forEach((line) => terminal.note(`  ${line}`));
    return error.exitCode;
  }
  if (error instanceof Error && explained.has(error.name)) {
    terminal.note(`${terminal.style("bad", "error:")} ${error.message}`);
    return exitCodes.failed;
  }
  terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  terminal.note("this is a defect of fieldlake; please report it with the lines above");
  return exitCodes.failed;
}
