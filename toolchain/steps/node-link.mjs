import { mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Provides a folder for PATH that holds nothing but the chosen Node, under the name "node": the engine starts
 * programs with whatever "node" it finds there, and putting, say, /usr/bin in front would hide other tools.
 *
 * @param {Pick<import("../toolchain.mjs").Context, "paths" | "platform">} context
 * @param {string} executable
 * @returns {Promise<string>}
 */
export async function linkNode({ paths, platform }, executable) {
  // Links need a privilege on Windows; there Node's own folder has to do.
  if (platform === "win32") return dirname(executable);
  const folder = join(paths.launchers, "node");
  const link = join(folder, "node");
  if (link === executable) return folder;
  if ((await readlink(link).catch(() => undefined)) === executable) return folder;
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `node.${process.pid}.partial`);
  await rm(partial, { force: true });
  await symlink(executable, partial);
  await rename(partial, link);
  return folder;
}
