import { homedir } from "node:os";
import { dirname, join, posix, win32 } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder, absolute. */
export const PROJECT_ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where large, reusable things go, shared by all clones of the project and outliving each of them:
 * `%LOCALAPPDATA%` on Windows, `~/Library/Caches` on macOS, elsewhere `$XDG_CACHE_HOME` (XDG Base Directory
 * Specification: ignored unless absolute) or `~/.cache`; in each case its folder `fieldlake`.
 *
 * @param {{ env?: NodeJS.ProcessEnv, platform?: string, home?: string }} [from] what to decide by; default: this process
 * @returns {string}
 */
export function userCacheFolder({ env = process.env, platform = process.platform, home = homedir() } = {}) {
  if (platform === "win32") {
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), "fieldlake", "cache");
  }
  if (env.XDG_CACHE_HOME && posix.isAbsolute(env.XDG_CACHE_HOME)) {
    return posix.join(env.XDG_CACHE_HOME, "fieldlake");
  }
  if (platform === "darwin") return posix.join(home, "Library", "Caches", "fieldlake");
  return posix.join(home, ".cache", "fieldlake");
}

/**
 * The folders the toolchain writes to.
 *
 * @typedef {object} ToolchainPaths
 * @property {string} root the project
 * @property {string} cache the user's cache
 * @property {string} local git-ignored folder of this clone: state, passphrase, launchers
 * @property {string} launchers small executables that belong to this clone
 */

/** @param {string} [root] @param {string} [cache] @returns {ToolchainPaths} */
export function toolchainPaths(root = PROJECT_ROOT, cache = userCacheFolder()) {
  const local = join(root, ".fieldlake");
  return { root, cache, local, launchers: join(local, "toolchain") };
}
