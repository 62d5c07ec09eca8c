import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce } from "../lib/build-once.mjs";
import { isExecutable } from "../lib/processes.mjs";
import { officialDownloadsReachable } from "./official-downloads.mjs";

const STEP = "engine";
/** Some 150 MB; on a line too slow for that, building is not slower. */
const INSTALL_MILLISECONDS = 15 * 60_000;

/**
 * What an earlier run of the official installer left in the user's cache.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {Promise<import("./engine.mjs").Engine | undefined>}
 */
export async function installedEngine(context) {
  const version = sdkVersion(context);
  const pulumi = executableIn(context, installFolder(context, version));
  return isExecutable(pulumi) ? { pulumi, version, source: "installer" } : undefined;
}

/**
 * Runs the official installer by way of the Automation API, for the CLI that belongs to the installed SDK.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node
 * @returns {Promise<{ engine: import("./engine.mjs").Engine, reason?: undefined } | { engine?: undefined, reason: string }>}
 */
export async function installEngine(context, node) {
  const version = sdkVersion(context);
  const folder = installFolder(context, version);
  if (!(await officialDownloadsReachable(context, node))) {
    return { reason: "the official installer can't be reached from here" };
  }
  const task = context.progress.start(
    STEP,
    `installing Pulumi ${version} with the official installer (once)`,
  );
  try {
    await buildOnce(folder, (partial) => runInstaller(context, node, partial, task), {
      isComplete: (target) => isExecutable(executableIn(context, target)),
      signal: context.signal,
      onWait: (owner) => context.progress.note(STEP, `${owner} is installing it, waiting`),
    });
    task.done(`Pulumi ${version} installed`);
    return { engine: { pulumi: executableIn(context, folder), version, source: "installer" } };
  } catch (error) {
    if (error instanceof InstallerFailed) return { reason: error.message };
    throw error;
  } finally {
    task.stop();
  }
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node
 * @param {string} folder
 * @param {import("../lib/progress.mjs").Task} task
 * @throws {InstallerFailed}
 */
async function runInstaller(context, node, folder, task) {
  const script = join(context.paths.root, "toolchain/steps/install-pulumi.mjs");
  const { ok, timedOut, output } = await context.run(node, [script, folder], {
    cwd: context.paths.root,
    env: { ...context.env, NODE_USE_ENV_PROXY: "1" },
    timeout: INSTALL_MILLISECONDS,
    signal: context.signal,
    onLine: task.detail,
  });
  if (ok) return;
  const reason = timedOut ? "it took too long" : output.trim().split("\n").at(-1);
  throw new InstallerFailed(`the official installer failed: ${reason}`);
}

/** Keeps a failed installation from taking the target's place; the next source is tried. */
class InstallerFailed extends Error {}

/** @param {import("../toolchain.mjs").Context} context @param {string} version */
const installFolder = (context, version) =>
  join(context.paths.cache, "engine", `installer-${version}-${context.platform}-${context.arch}`);

/** @param {import("../toolchain.mjs").Context} context @param {string} folder */
const executableIn = (context, folder) =>
  join(folder, "bin", context.platform === "win32" ? "pulumi.exe" : "pulumi");

/** @param {import("../toolchain.mjs").Context} context @returns {string} */
function sdkVersion(context) {
  const file = join(context.paths.root, "node_modules/@pulumi/pulumi/package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}
