import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npm } from "./dependencies.mjs";

/**
 * Installs one npm package into a folder, without scripts and without what it depends on. A lockfile of our own makes
 * npm check what it downloads against the integrity pinned in versions.mjs.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {{ name: string, version: string, integrity: string }} pinned
 * @param {string} folder empty
 * @returns {Promise<import("../lib/processes.mjs").RunResult>}
 */
export async function installPinned(context, { name, version, integrity }, folder) {
  const dependencies = { [name]: version };
  const project = { name: "fieldlake-pinned", version: "1.0.0", private: true, dependencies };
  const packages = { "": project, [`node_modules/${name}`]: { version, integrity } };
  await writeFile(join(folder, "package.json"), JSON.stringify(project));
  await writeFile(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: project.name, version: "1.0.0", lockfileVersion: 3, requires: true, packages }),
  );
  return await npm(context, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
  });
}
