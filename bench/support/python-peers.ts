/** A Python program with packages of PyPI, installed once outside the repository, answering a line for a line. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { userCacheFolder } from "../../toolchain/paths.mjs";
import { startLinePeer } from "./line-peer.ts";

export interface PythonPeers<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  stop(): void;
}

/** Installs `packages` (pinned) under `name` unless they are there; resolves with the environment that finds them. */
export async function pythonWith(name: string, packages: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const folder = join(userCacheFolder(), "bench", name);
  if (!existsSync(join(folder, "done"))) {
    console.log(`installing ${packages.join(", ")} (once) …`);
    await mkdir(folder, { recursive: true });
    await promisify(execFile)("python3", [
      ...["-m", "pip", "install", "--quiet", "--target", join(folder, "python")],
      ...packages,
    ]);
    await writeFile(join(folder, "done"), "");
  }
  return { ...process.env, PYTHONPATH: join(folder, "python") };
}

/** Starts `program` with {@link pythonWith}. */
export async function startPythonPeers<Question, Answer>(
  name: string,
  packages: readonly string[],
  program: string,
): Promise<PythonPeers<Question, Answer>> {
  const env = await pythonWith(name, packages);
  const peer = startLinePeer(program, "python3", [program], { env });
  return {
    ask: async (question) => JSON.parse(await peer.ask(JSON.stringify(question))) as Answer,
    stop: () => peer.stop(),
  };
}
