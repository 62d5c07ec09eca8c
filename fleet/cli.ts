/** The `fieldlake` command line; toolchain/fieldlake.mjs runs it with Node and engine in place. */
import { buildProgram } from "./program.ts";
import { environmentFolders, runFolderOf } from "./environment.ts";
import { reportError } from "./report.ts";
import { connectSite } from "./site-client.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
const folders = environmentFolders();
const interrupt = new AbortController();
// The engine has the signal from the terminal too and ends in order: commands wait for it, then stop.
process.on("SIGINT", () => interrupt.abort());
process.on("SIGTERM", () => interrupt.abort());

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
