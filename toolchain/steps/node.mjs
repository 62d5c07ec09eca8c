import { join } from "node:path";
import { buildOnce } from "../lib/build-once.mjs";
import { ToolchainError } from "../lib/errors.mjs";
import { isExecutable } from "../lib/processes.mjs";
import { isAtLeast, MINIMUM_NODE, NODE_PACKAGES, PREFERRED_NODE } from "../versions.mjs";
import { installPinned } from "./pinned-package.mjs";

const STEP = "node";
const BY_HAND = "install Node 24: https://nodejs.org/en/download";

/**
 * Finds a Node that runs TypeScript as it is: the running one where it is new enough, else one from npm, kept in
 * the user's cache. Of two that will do, the one of the line that the project is tested with.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {Promise<{ executable: string, version: string, source: "running" | "npm" }>}
 * @throws {ToolchainError} where there is no such Node and none can be installed
 */
export async function ensureNode(context) {
  const running = /** @type {const} */ ({
    executable: context.node.executable,
    version: context.node.version,
    source: "running",
  });
  if (isAtLeast(running.version, PREFERRED_NODE)) return running;

  const pinned = NODE_PACKAGES[`${context.platform}-${context.arch}`];
  const folder =
    pinned && join(context.paths.cache, "node", `${pinned.version}-${context.platform}-${context.arch}`);
  const executable = folder && join(folder, "node_modules", pinned.name, pinned.executable);
  if (executable && isExecutable(executable)) return { executable, version: pinned.version, source: "npm" };
  if (isAtLeast(running.version, MINIMUM_NODE)) return running;
  if (!executable) {
    throw new ToolchainError(
      STEP,
      `Node ${running.version} is too old (at least ${MINIMUM_NODE} is needed), and npm has none for ` +
        `${context.platform} on ${context.arch}`,
      [BY_HAND],
    );
  }
  await buildOnce(folder, (partial) => install(context, pinned, partial), {
    isComplete: () => isExecutable(executable),
    signal: context.signal,
    onWait: (owner) => context.progress.note(STEP, `${owner} is installing it, waiting`),
  });
  return { executable, version: pinned.version, source: "npm" };
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {{ name: string, version: string, integrity: string, executable: string }} pinned
 * @param {string} folder
 */
async function install(context, pinned, folder) {
  const task = context.progress.start(
    STEP,
    `installing Node ${pinned.version} for this project (yours is ${context.node.version}; once, about 50 MB)`,
  );
  try {
    const result = await installPinned(context, pinned, folder);
    if (!result.ok) {
      throw new ToolchainError(
        STEP,
        `Node ${context.node.version} is too old (at least ${MINIMUM_NODE} is needed), and npm could not ` +
          `install ${pinned.name}@${pinned.version}`,
        [BY_HAND, "or check that npm reaches your package registry (npm ping)"],
        result.output,
      );
    }
    const executable = join(folder, "node_modules", pinned.name, pinned.executable);
    const check = await context.run(executable, ["--version"], { timeout: 30_000, signal: context.signal });
    if (!check.ok) {
      throw new ToolchainError(
        STEP,
        `the Node of npm package ${pinned.name} does not run on this system`,
        [BY_HAND],
        check.output,
      );
    }
    task.done(`Node ${pinned.version} installed`);
  } finally {
    task.stop();
  }
}
