#!/usr/bin/env node
/**
 * The `fieldlake` command: brings in what its command needs, then runs it. `fieldlake pulumi …` is the literal
 * Pulumi CLI, `fieldlake toolchain` only prepares and says what is used from where, all others are fleet/cli.ts.
 * It is plain JavaScript without dependencies because it runs before there are any, on Node 20 and newer.
 */
import { join } from "node:path";
import { exitLike, runForeground } from "./lib/foreground.mjs";
import { runMain } from "./lib/main.mjs";
import { ensureLocalStack, wantsLocalStack } from "./steps/stack.mjs";
import { rememberStackFiles } from "./steps/stack-files.mjs";
import { oneLine, summary } from "./summary.mjs";
import { createContext, ensureToolchain, stackFileMemory } from "./toolchain.mjs";

/** A batch of 100,000 certificates makes much garbage and keeps little: small young generations halve its memory. */
const cliFlags = ["--max-semi-space-size=8"];

const [command = "help", ...args] = process.argv.slice(2);

await runMain(() => main());

async function main() {
  const context = createContext();
  const { resolved, env } = await ensureToolchain(context, [command, ...args]);
  if (command === "toolchain") {
    console.log(summary(resolved, context.paths));
    context.release();
    return;
  }
  if (command === "start") context.progress.note("toolchain", oneLine(resolved));
  const { engine, state, node } = resolved;
  const restoreStackFiles =
    state?.source === "local"
      ? rememberStackFiles(context.paths.root, stackFileMemory(context), join(context.paths.local, "state"))
      : () => {};
  try {
    // On a backend of the user's own, the literal CLI creates nothing that it was not asked for.
    const mayCreate = state?.source === "local" || command === "start";
    if (engine && state && mayCreate && wantsLocalStack([command, ...args])) {
      await ensureLocalStack(context, engine.pulumi, env, state);
    }
    context.release();
    const [executable, first] =
      command === "pulumi" && engine
        ? [engine.pulumi, []]
        : [node.executable, [...cliFlags, join(context.paths.root, "fleet/cli.ts"), command]];
    const ended = await runForeground(executable, [...first, ...args], { env });
    if (ended.problem) console.error(`fieldlake: ${executable} could not be started: ${ended.problem}`);
    restoreStackFiles();
    exitLike(ended);
  } catch (error) {
    restoreStackFiles();
    throw error;
  }
}
