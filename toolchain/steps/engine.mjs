import { builtEngine, buildEngine } from "./engine-go.mjs";
import { installedEngine, installEngine } from "./engine-installer.mjs";
import { engineOnPath } from "./engine-path.mjs";

const STEP = "engine";

/**
 * @typedef {object} Engine
 * @property {string} pulumi the CLI's executable
 * @property {string} version
 * @property {"path" | "installer" | "go"} source
 */

/**
 * Finds or makes a Pulumi engine: the one on PATH if recent enough, else what an earlier run left in the user's
 * cache, else by the official installer, else built from pinned Go modules.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node the Node executable to run the installer with
 * @returns {Promise<Engine>}
 * @throws {import("../lib/errors.mjs").ToolchainError} where none of them works; names each reason
 */
export async function ensureEngine(context, node) {
  const found = await engineOnPath(context);
  if (found.engine) return found.engine;
  const kept = (await installedEngine(context)) ?? builtEngine(context);
  if (kept) return kept;

  const installed = await installEngine(context, node);
  if (installed.engine) return installed.engine;
  context.progress.note(STEP, `${found.reason}; ${installed.reason}; so it is built from source`);
  return await buildEngine(context, [found.reason, installed.reason]);
}
