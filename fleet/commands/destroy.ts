import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { readSiteRecord } from "../../site/client.ts";
import { localStack, runFolderOf, type EnvironmentFolders } from "../environment.ts";
import { CommandError, exitCodes, interrupted } from "../errors.ts";
import { explainPulumiFailure, isStackMissing, runPulumi, type PulumiRun } from "../pulumi.ts";
import { isAlive } from "./stop.ts";
import type { CommandContext } from "./context.ts";

export interface DestroyOptions {
  /** Don't ask. */
  readonly yes?: boolean;
}

/** Removes the environment with all its data: process, stack, state, keys, folders. */
export async function destroy(options: DestroyOptions, context: CommandContext): Promise<void> {
  const { terminal, folders } = context;
  if (options.yes !== true) await confirm(context);
  const record = readSiteRecord(runFolderOf(folders));
  const stackFile = join(folders.project, `Pulumi.${localStack}.yaml`);
  const stackFileBefore = existsSync(stackFile) ? readFileSync(stackFile, "utf8") : null;
  const engine = (args: readonly string[], echo: boolean): Promise<PulumiRun> =>
    runPulumi(args, {
      cwd: folders.project,
      color: terminal.style("strong", "x") !== "x",
      ...(echo ? { onOutput: (text: string) => terminal.write(text) } : {}),
    });

  const removal = await engine(["destroy", "--yes", "--stack", localStack], true);
  const isMissing = isStackMissing(removal);
  if (removal.exitCode !== 0 && !isMissing) throw explainPulumiFailure("pulumi destroy", removal);
  if (!isMissing) {
    const unregistration = await engine(
      ["stack", "rm", localStack, "--yes", "--preserve-config", "--remove-backups"],
      false,
    );
    if (unregistration.exitCode !== 0) {
      terminal.note(unregistration.output);
      throw explainPulumiFailure("pulumi stack rm", unregistration);
    }
  }
  if (record !== null && isAlive(record.pid) && existsSync(record.socket)) {
    throw new CommandError(
      `process ${record.pid} of the environment still runs although its stack is gone`,
      exitCodes.failed,
      `end it with kill ${record.pid}, then run npm run destroy again`,
    );
  }
  const others = await otherStacks(engine);
  removeLeftovers(folders, others);
  restoreStackFile(stackFile, stackFileBefore);
  terminal.print(`${terminal.style("good", "removed")}: process, stack, keys, certificates and all data`);
  if (existsSync(folders.local)) terminal.print(`kept: ${folders.local}, which other stacks of yours need`);
  terminal.print(`kept: the toolchain in ${await toolchainCache()}; npm start makes a new environment`);
}

async function confirm({ terminal, folders, signal }: CommandContext): Promise<void> {
  if (!terminal.isInteractive) {
    throw new CommandError(
      "destroy asks before it removes anything, and there is no terminal to ask at",
      exitCodes.usage,
      "npm run destroy -- --yes removes without asking",
    );
  }
  terminal.print("This removes the local environment for good: its process, certificates, keys and");
  terminal.print(`all data in ${folders.environment}. Without the keys no copy of the data can be read.`);
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await questions.question(`Type ${localStack} to go on: `, { signal });
    if (answer.trim() === localStack) return;
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw error;
  } finally {
    questions.close();
  }
  throw new CommandError("nothing was removed", exitCodes.usage, `the answer must be ${localStack}`);
}

/** How many other stacks this clone's backend holds; they need its state and passphrase. */
async function otherStacks(
  engine: (args: readonly string[], echo: boolean) => Promise<PulumiRun>,
): Promise<number> {
  const { exitCode, stdout } = await engine(["stack", "ls", "--json"], false);
  if (exitCode !== 0) return Number.POSITIVE_INFINITY;
  const stacks = JSON.parse(stdout) as { readonly name: string }[];
  return stacks.filter(({ name }) => name.split("/").at(-1) !== localStack).length;
}

/**
 * What neither the provider nor the engine removes. State, passphrase and launchers stay while another stack of this
 * clone needs them, and so does any other environment's folder.
 */
export function removeLeftovers(folders: EnvironmentFolders, otherStackCount: number): void {
  const remove = (path: string) => rmSync(path, { recursive: true, force: true });
  remove(folders.environment);
  remove(join(folders.project, "dist", "functions"));
  if (otherStackCount > 0) return;
  for (const name of ["state", "passphrase", "toolchain"]) remove(join(folders.local, name));
  if (existsSync(folders.local) && readdirSync(folders.local).length === 0) rmdirSync(folders.local);
}

/**
 * The engine writes the salt of the passphrase into the stack's file and formats it anew. Once the stack is gone the
 * salt is useless, and in the way of the next passphrase: the text is put back as it was, unless encrypted values
 * need the salt.
 */
export function restoreStackFile(file: string, before: string | null): void {
  if (before === null || !existsSync(file) || /^\s*secure:/m.test(before)) return;
  const after = before.replace(/^encryptionsalt:.*(?:\n|$)/m, "");
  if (after !== readFileSync(file, "utf8")) writeFileSync(file, after);
}

/** Where toolchain/ keeps what all clones share. */
async function toolchainCache(): Promise<string> {
  const paths = (await import(new URL("../../toolchain/paths.mjs", import.meta.url).href)) as {
    userCacheFolder(): string;
  };
  return paths.userCacheFolder();
}
