/** A Python program with packages of PyPI, installed once outside the repository, answering a line for a line. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { userCacheFolder } from "../../toolchain/paths.mjs";

export interface PythonPeers<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  stop(): void;
}

/** Installs `packages` (pinned) under `name` unless they are there, and starts `program`. */
export async function startPythonPeers<Question, Answer>(
  name: string,
  packages: readonly string[],
  program: string,
): Promise<PythonPeers<Question, Answer>> {
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
  const child = spawn("python3", [program], {
    env: { ...process.env, PYTHONPATH: join(folder, "python") },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${program} ended`);
      return JSON.parse(value) as Answer;
    },
    stop: () => void child.kill(),
  };
}
