import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { buildHandler, handlers, maximumBundleBytes, type HandlerName } from "../../functions/build.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import { renderTable } from "../render/table.ts";
import type { CommandContext } from "./context.ts";

export interface BuildOptions {
  readonly check?: boolean;
  /** Folder. */
  readonly out: string;
}

export interface Budgets {
  /** Of a decoder and of what lies beside it for TS013 codecs, where profiles have such. */
  readonly withCodecs: number;
  readonly bytes: Readonly<Record<HandlerName, number>>;
  /** Milliseconds of CPU that loading may take, with Node's own modules that it needs. */
  readonly loadMilliseconds: Readonly<Partial<Record<HandlerName, number>>>;
}

const budgets: Budgets = {
  // Most has what takes files on Azure: the programming model and the parser of XML.
  withCodecs: 1_050_000,
  bytes: maximumBundleBytes,
  loadMilliseconds: { local: 10 },
};

/** Fresh processes that load a bundle; the fastest counts, because a busy machine only adds. */
const loads = 7;

/** Builds bundles of handlers and prints size and hash; with `check` nothing is kept, and every broken budget is an error. */
export async function build(
  names: readonly string[],
  { check = false, out }: BuildOptions,
  { terminal }: Pick<CommandContext, "terminal">,
  { withCodecs, bytes: allowed, loadMilliseconds }: Budgets = budgets,
): Promise<void> {
  const known = names.map((name) => handlers.find((handler) => handler === name) ?? refuse(name));
  const folder = check ? await mkdtemp(join(tmpdir(), "fieldlake-build-")) : resolve(out);
  const broken: string[] = [];
  const rows: string[][] = [];
  try {
    for (const name of known.length > 0 ? known : handlers) {
      try {
        const { file, bytes, sha256, codecs } = await buildHandler(name, folder, allowed[name]);
        const limit = loadMilliseconds[name];
        const load = limit === undefined ? null : await loadTime(file);
        if (load !== null && load > limit!)
          broken.push(
            `handler "${name}" loads in ${load.toFixed(1)} ms, allowed: ${limit}; see what it does when it is loaded`,
          );
        const whole = bytes + (await bytesOf(codecs));
        if (whole > withCodecs)
          broken.push(`handler "${name}" is ${whole} bytes with its codecs, allowed: ${withCodecs}`);
        const shown = codecs.length > 0 ? String(whole) : "";
        rows.push([name, String(bytes), String(allowed[name]), shown, load?.toFixed(1) ?? "", sha256]);
      } catch (error) {
        broken.push(messageOf(error));
      }
    }
  } finally {
    if (check) await rm(folder, { recursive: true });
  }
  const columns = [
    { title: "handler" },
    { title: "bytes", align: "right" as const },
    { title: "allowed", align: "right" as const },
    { title: "with codecs", align: "right" as const },
    { title: "loads in ms", align: "right" as const },
    { title: "sha256" },
  ];
  terminal.print(renderTable(columns, rows, terminal));
  for (const complaint of broken) terminal.print(`${terminal.style("bad", "over")} ${complaint}`);
  if (broken.length > 0) throw new CommandError(`${broken.length} budgets are broken`, exitCodes.failed);
}

/** Without source maps, which nothing loads. */
async function bytesOf(files: readonly string[]): Promise<number> {
  const loaded = files.filter((file) => !file.endsWith(".map"));
  const sizes = await Promise.all(loaded.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function refuse(name: string): never {
  throw new CommandError(`there is no handler "${name}"; allowed: ${handlers.join(", ")}`, exitCodes.usage);
}

/** Milliseconds of the loading thread's CPU: what else the machine does is not the bundle's. */
async function loadTime(file: string): Promise<number> {
  const program = `
    const start = process.threadCpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.threadCpuUsage(start);
    console.log((user + system) / 1_000);`;
  let fastest = Infinity;
  for (let turn = 0; turn < loads; turn++) {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
    fastest = Math.min(fastest, Number(stdout));
  }
  return fastest;
}
