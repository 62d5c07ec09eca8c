import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { which } from "../lib/processes.mjs";
import { writeLauncher } from "./launcher.mjs";
import { officialDownloadsReachable } from "./official-downloads.mjs";

const STEP = "providers";
/** The provider plugins of the local environment that have an offline twin in provider/offline/. */
export const PROVIDERS = Object.freeze(["tls", "random"]);
/** A plugin is some 30 MB. */
const INSTALL_MILLISECONDS = 3 * 60_000;
const RETRY_MILLISECONDS = 24 * 60 * 60_000;

/**
 * @typedef {object} ProviderPlugin
 * @property {string} name
 * @property {string} version
 * @property {"path" | "installed" | "offline"} source
 * @property {string} [folder] where the launcher of an offline one is
 */

/**
 * Sees to the provider plugins: a real one that is on PATH, installed or can be installed is used; where it can't
 * be had, a launcher for the project's own offline provider stands in. That one could not be downloaded is
 * remembered for a day; FIELDLAKE_RETRY_PLUGINS=1 asks again at once.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {{ node: string, pulumi: string }} tools
 * @returns {Promise<ProviderPlugin[]>}
 */
export async function ensurePlugins(context, tools) {
  /** @type {ProviderPlugin[]} */
  const plugins = [];
  /** @type {string[]} */
  const failed = [];
  for (const name of PROVIDERS) {
    const version = sdkVersion(context, name);
    const mark = join(context.paths.cache, "plugins", `${name}-${version}.unavailable`);
    const there = findPlugin(context, name, version);
    if (there) plugins.push(there);
    else if ((await mayTry(context, mark)) && (await install(context, name, version, tools))) {
      await rm(mark, { force: true });
      plugins.push({ name, version, source: "installed" });
    } else {
      if (await mayTry(context, mark)) {
        await mkdir(dirname(mark), { recursive: true });
        await writeFile(mark, "");
        failed.push(`${name} ${version}`);
      }
      plugins.push(await offlinePlugin(context, name, version, tools.node));
    }
  }
  if (failed.length > 0) {
    context.progress.note(
      STEP,
      `the plugins ${failed.join(" and ")} can't be downloaded here: the project's offline providers stand in ` +
        "(asked again in a day, or with FIELDLAKE_RETRY_PLUGINS=1)",
    );
  }
  return plugins;
}

/** @param {import("../toolchain.mjs").Context} context @param {string} name @returns {string} */
const sdkVersion = (context, name) =>
  JSON.parse(readFileSync(join(context.paths.root, "node_modules/@pulumi", name, "package.json"), "utf8"))
    .version;

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} name
 * @param {string} version
 * @returns {ProviderPlugin | undefined}
 */
function findPlugin(context, name, version) {
  if (which(`pulumi-resource-${name}`, context.env)) return { name, version, source: "path" };
  return isInstalled(context, name, version) ? { name, version, source: "installed" } : undefined;
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} name
 * @param {string} version
 * @param {string} node
 * @returns {Promise<ProviderPlugin>}
 */
async function offlinePlugin(context, name, version, node) {
  const folder = join(context.paths.launchers, `provider-${name}`);
  await writeLauncher(context, join(folder, `pulumi-resource-${name}`), [
    node,
    join(context.paths.root, "provider/offline", name, "main.ts"),
  ]);
  return { name, version, source: "offline", folder };
}

/**
 * Whether the plugin is where the engine looks for it; one with a `.partial` file beside it is incomplete.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} name
 * @param {string} version
 */
function isInstalled(context, name, version) {
  const home = context.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const folder = join(home, "plugins", `resource-${name}-v${version}`);
  return existsSync(folder) && !existsSync(`${folder}.partial`);
}

/** @param {import("../toolchain.mjs").Context} context @param {string} mark */
async function mayTry(context, mark) {
  if (context.env.FIELDLAKE_RETRY_PLUGINS === "1") return true;
  const { mtimeMs } = await stat(mark).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > RETRY_MILLISECONDS;
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} name
 * @param {string} version
 * @param {{ node: string, pulumi: string }} tools
 */
async function install(context, name, version, { node, pulumi }) {
  // Whoever has a mirror for plugins need not reach the official site.
  const mirrored = Boolean(context.env.PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES);
  if (!mirrored && !(await officialDownloadsReachable(context, node))) return false;
  const task = context.progress.start(STEP, `installing the ${name} plugin ${version} (once)`);
  try {
    const result = await context.run(pulumi, ["plugin", "install", "resource", name, version], {
      env: { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: INSTALL_MILLISECONDS,
      signal: context.signal,
    });
    const ok = result.ok && isInstalled(context, name, version);
    if (ok) task.done(`${name} plugin ${version} installed`);
    return ok;
  } finally {
    task.stop();
  }
}
