/** The `fieldlake` command line; toolchain/fieldlake.mjs runs it with Node and engine in place. */
import { buildProgram } from "./program.ts";
import { environmentFolders, runFolderOf } from "./environment.ts";
import { exitCodes } from "./errors.ts";
import { reportError } from "./report.ts";
import { connectSite } from "./site-client.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
const folders = environmentFolders();
const interrupt = new AbortController();
/**
 * These end in order on Ctrl-C: the engine, which has the signal from the terminal too, is waited for, a batch hands out what
 * it has signed, and the file at hand is taken and moved. The others just end.
 */
const orderly: readonly string[] = ["start", "destroy", "fleet issue", "fleet renew", "lake copy", "watch"];
const [, , command = "", subcommand = ""] = process.argv;
if (orderly.includes(command) || orderly.includes(`${command} ${subcommand}`)) {
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

const program = buildProgram({
  terminal,
  folders,
  signal: interrupt.signal,
  site: connectSite(runFolderOf(folders)),
});
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, terminal);
}
