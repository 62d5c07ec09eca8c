import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ToolchainError } from "../lib/errors.mjs";
import { which } from "../lib/processes.mjs";
import { writeLauncher } from "./launcher.mjs";
import { officialDownloadsReachable } from "./official-downloads.mjs";
import { CLOUD_PROVIDERS } from "./wanted-providers.mjs";

const STEP = "providers";
/** A common plugin is some 30 MB, a cloud's some 200 MB. */
const INSTALL_MILLISECONDS = 3 * 60_000;
const CLOUD_INSTALL_MILLISECONDS = 20 * 60_000;
const RETRY_MILLISECONDS = 24 * 60 * 60_000;

/** @param {string} name */
const isCloud = (name) => Object.values(CLOUD_PROVIDERS).includes(name);

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
 * A cloud's offline provider deploys nothing, which only a state of this clone's own can bear; with
 * FIELDLAKE_OFFLINE_PROVIDERS=1 it is used whatever there is, and anywhere.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {{ node: string, pulumi: string }} tools
 * @param {import("./wanted-providers.mjs").WantedProviders & { sharedState: boolean }} wanted
 * @returns {Promise<ProviderPlugin[]>}
 * @throws {ToolchainError} where a cloud's plugin can't be had and something would be deployed to a shared state
 */
export async function ensurePlugins(context, tools, { names, deploys, offline, sharedState }) {
  /** @type {ProviderPlugin[]} */
  const plugins = [];
  /** @type {string[]} */
  const failed = [];
  for (const name of names) {
    const version = sdkVersion(context, name);
    const forced = isCloud(name) && (offline || context.env.FIELDLAKE_OFFLINE_PROVIDERS === "1");
    const real = forced ? undefined : await realPlugin(context, name, version, tools, failed);
    if (!real && !forced && isCloud(name))
      sayThatNothingIsDeployed(context, name, version, deploys && sharedState);
    plugins.push(real ?? (await offlinePlugin(context, name, version, tools.node)));
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

/**
 * A plugin that is there, or can be brought in.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} name
 * @param {string} version
 * @param {{ node: string, pulumi: string }} tools
 * @param {string[]} failed takes a plugin that could not be had, the first time in a day
 * @returns {Promise<ProviderPlugin | undefined>}
 */
async function realPlugin(context, name, version, tools, failed) {
  const there = findPlugin(context, name, version);
  if (there) return there;
  const mark = join(context.paths.cache, "plugins", `${name}-${version}.unavailable`);
  if (!(await mayTry(context, mark))) return undefined;
  if (await install(context, name, version, tools)) {
    await rm(mark, { force: true });
    return { name, version, source: "installed" };
  }
  await mkdir(dirname(mark), { recursive: true });
  await writeFile(mark, "");
  failed.push(`${name} ${version}`);
  return undefined;
}

/** @param {import("../toolchain.mjs").Context} context @param {string} name @param {string} version @param {boolean} refuse */
function sayThatNothingIsDeployed(context, name, version, refuse) {
  if (!refuse) {
    context.progress.note(STEP, `no plugin ${name} ${version}: this run is OFFLINE and deploys nothing`);
    return;
  }
  throw new ToolchainError(
    STEP,
    `the plugin ${name} ${version} can't be had here, and without it nothing is deployed`,
    [
      `install it where the network allows: pulumi plugin install resource ${name} ${version}`,
      "only plan: npm run pulumi -- preview",
      "rehearse the deployment in a state of its own: FIELDLAKE_OFFLINE_PROVIDERS=1 with another PULUMI_BACKEND_URL",
    ],
  );
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
      timeout: isCloud(name) ? CLOUD_INSTALL_MILLISECONDS : INSTALL_MILLISECONDS,
      signal: context.signal,
    });
    const ok = result.ok && isInstalled(context, name, version);
    if (ok) task.done(`${name} plugin ${version} installed`);
    return ok;
  } finally {
    task.stop();
  }
}
