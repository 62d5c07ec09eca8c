/**
 * `node bench/offline-sdks.ts`: reads every resource and function of both cloud SDKs as the offline providers do, and
 * says what could not be read; then how long a provider takes to start, and to learn the types of a stack, the first
 * time and later.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SdkLibrary } from "../provider/offline/cloud/sdk/library.ts";
import { SdkReader } from "../provider/offline/cloud/sdk/read.ts";

const root = join(import.meta.dirname, "..");
/** As many types as a stack of some 150 resources uses. */
const typesOfAStack = 60;

/** Tokens that the SDK's own programs mention: resources by their type, functions by what they call. */
function tokensOf(folder: string): { resources: string[]; functions: string[] } {
  const found = { resources: new Set<string>(), functions: new Set<string>() };
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".js")) continue;
    const program = readFileSync(join(entry.parentPath, entry.name), "utf8");
    const [, resource = ""] = /__pulumiType = '([^']+)'/.exec(program) ?? [];
    if (resource.includes(":")) found.resources.add(resource);
    for (const [, token = ""] of program.matchAll(/runtime\.invoke\("([^"]+)"/g)) found.functions.add(token);
  }
  return { resources: [...found.resources].sort(), functions: [...found.functions].sort() };
}

/** Milliseconds until a provider has told the engine where it listens. */
async function startOf(name: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, "provider/offline", name, "main.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const took = performance.now() - began;
  child.kill();
  await once(child, "exit");
  return took;
}

/** Milliseconds to learn the types of a stack. */
async function learning(name: string, tokens: readonly string[], cache: string): Promise<number> {
  const began = performance.now();
  const library = new SdkLibrary(name, cache);
  for (const token of tokens) await library.resource(token);
  return performance.now() - began;
}

for (const name of ["aws", "azure-native"]) {
  const folder = join(root, "node_modules/@pulumi", name);
  const tokens = tokensOf(folder);
  const reader = new SdkReader(folder);
  const unread: string[] = [];
  const began = performance.now();
  const attempt = (token: string, read: () => unknown): void => {
    try {
      if (read() === undefined) unread.push(`${token}: not found`);
    } catch (error) {
      unread.push(`${token}: ${String(error)}`);
    }
  };
  for (const token of tokens.resources) attempt(token, () => reader.resource(token));
  for (const token of tokens.functions) attempt(token, () => reader.function(token));
  const took = performance.now() - began;

  // The widest spread of modules: every n-th resource.
  const step = Math.floor(tokens.resources.length / typesOfAStack);
  const stack = tokens.resources.filter((_, index) => index % step === 0).slice(0, typesOfAStack);
  const cache = mkdtempSync(join(tmpdir(), "fieldlake-sdk-schemas-"));
  try {
    const [first, later] = [await learning(name, stack, cache), await learning(name, stack, cache)];
    const version = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string })
      .version;
    console.log(
      [
        `${name} ${version}: ${tokens.resources.length} resources and ${tokens.functions.length} functions read`,
        `in ${(took / 1000).toFixed(1)} s, ${unread.length} not`,
      ].join(" "),
    );
    for (const line of unread) console.log(`  ${line}`);
    console.log(`  start: ${(await startOf(name)).toFixed(0)} ms`);
    console.log(
      `  ${stack.length} types: ${first.toFixed(0)} ms the first time, ${later.toFixed(0)} ms later`,
    );
    if (unread.length > 0) process.exitCode = 1;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
