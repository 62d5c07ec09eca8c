import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a small executable that runs a command with its own arguments added, unless it is there already.
 *
 * @param {Pick<import("../toolchain.mjs").Context, "platform">} context
 * @param {string} file its path; on Windows `.cmd` is added
 * @param {readonly string[]} command
 */
export async function writeLauncher({ platform }, file, command) {
  const windows = platform === "win32";
  const target = windows ? `${file}.cmd` : file;
  const content = windows
    ? `@echo off\r\n${command.map((part) => `"${part}"`).join(" ")} %*\r\n`
    : `#!/bin/sh\nexec ${command.map(quote).join(" ")} "$@"\n`;
  if ((await readFile(target, "utf8").catch(() => undefined)) === content) return;
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  await writeFile(partial, content);
  await chmod(partial, 0o755);
  await rename(partial, target);
}

/** @param {string} text as one word of a POSIX shell */
const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
