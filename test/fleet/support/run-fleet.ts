/** One command of the fleet in a process of its own, to be killed: `node run-fleet.ts <file with folder and args>`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentFolders } from "../../../fleet/environment.ts";
import { buildProgram } from "../../../fleet/program.ts";
import { connectSite } from "../../../fleet/site-client.ts";
import { processTerminal } from "../../../fleet/terminal.ts";

const { folder, args } = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as {
  folder: string;
  args: string[];
};
process.env["PATH"] = `${join(folder, "bin")}:${process.env["PATH"]}`;
const program = buildProgram({
  terminal: processTerminal(),
  folders: environmentFolders(folder),
  signal: new AbortController().signal,
  site: connectSite(join(folder, "data", "run")),
});
await program.parseAsync(["node", "fieldlake", "fleet", ...args]);
