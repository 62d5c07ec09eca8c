import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.mjs";

/**
 * @typedef {object} BuildOptions
 * @property {(target: string) => boolean} [isComplete] whether an existing target can be used; default: it exists
 * @property {AbortSignal} [signal]
 * @property {(owner: string) => void} [onWait] called when another process is building the same target
 * @property {number} [silence] see {@link withLock}
 */

/**
 * Makes a folder once, whatever happens on the way: `build` fills a folder beside the target, which takes the
 * target's name only when it is complete. What an interrupted build left is removed by the next one; of several
 * builds at the same time one builds and the others wait for it.
 *
 * @param {string} target
 * @param {(folder: string) => Promise<void>} build
 * @param {BuildOptions} [options]
 * @returns {Promise<"cached" | "built">}
 */
export async function buildOnce(target, build, options = {}) {
  const { isComplete = existsSync, ...lockOptions } = options;
  if (isComplete(target)) return "cached";
  return await withLock(
    `${target}.lock`,
    async () => {
      if (isComplete(target)) return "cached";
      await removeLeftovers(target);
      const partial = `${target}.${process.pid}.partial`;
      await mkdir(partial, { recursive: true });
      try {
        await build(partial);
        await rm(target, { recursive: true, force: true });
        await rename(partial, target);
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
      return "built";
    },
    lockOptions,
  );
}

/** @param {string} target its lock is held, so no partial build beside it is alive */
async function removeLeftovers(target) {
  const folder = dirname(target);
  const prefix = `${basename(target)}.`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && name.endsWith(".partial")) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
