import { posix, win32 } from "node:path";
import { pathKey } from "./lib/processes.mjs";

/**
 * What the steps have found; a step that a command did not need is absent.
 *
 * @typedef {object} Resolved
 * @property {{ executable: string, folder: string, version: string, source: string }} [node] `folder` holds it under the name "node"
 * @property {import("./steps/engine.mjs").Engine} [engine]
 * @property {readonly import("./steps/plugins.mjs").ProviderPlugin[]} [plugins]
 * @property {{ extension: string, version: string, source: string }} [duckdb]
 * @property {import("./steps/browser.mjs").Browser} [browser]
 * @property {import("./steps/state.mjs").State} [state]
 */

/**
 * The environment of everything the toolchain starts: the user's own, with what was found put in front of PATH.
 * What the user has set stays as it is.
 *
 * - PATH: Node; the engine, unless it was on PATH anyway; launchers of offline providers.
 * - PULUMI_SKIP_UPDATE_CHECK for an engine that the toolchain brought in: its version is pinned.
 * - PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION where the toolchain has seen to the plugins: the engine would download
 *   those of every SDK in package.json, hundreds of megabytes of clouds that the stack does not use.
 *   PULUMI_IGNORE_AMBIENT_PLUGINS is removed where an offline provider stands in, which it would hide.
 * - PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE and PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER (see
 *   steps/stack-files.mjs) where the state is in this clone.
 * - FIELDLAKE_DUCKDB_HTTPFS: path of DuckDB's httpfs extension.
 * - FIELDLAKE_CHROMIUM: path of a Chromium; FIELDLAKE_NO_CHROMIUM says why there is none, which the tests of the page
 *   then fail with.
 *
 * @param {NodeJS.ProcessEnv} base
 * @param {Resolved} resolved
 * @param {string} [platform] default: this one
 * @returns {NodeJS.ProcessEnv} a new object
 */
export function computeEnvironment(base, resolved, platform = process.platform) {
  const { node, engine, plugins = [], duckdb, browser, state } = resolved;
  const paths = platform === "win32" ? win32 : posix;
  const env = { ...base };
  const offline = plugins.filter(({ source }) => source === "offline");

  const front = [
    node?.folder,
    engine && engine.source !== "path" ? paths.dirname(engine.pulumi) : undefined,
    ...offline.map(({ folder }) => folder),
  ].filter((folder) => folder !== undefined);
  const key = pathKey(base);
  const rest = (base[key] ?? "").split(paths.delimiter).filter((entry) => !front.includes(entry));
  env[key] = [...front, ...rest].join(paths.delimiter);

  if (engine && engine.source !== "path") env.PULUMI_SKIP_UPDATE_CHECK ??= "true";
  if (plugins.length > 0) env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ??= "true";
  if (offline.length > 0) delete env.PULUMI_IGNORE_AMBIENT_PLUGINS;
  if (state?.source === "local") {
    env.PULUMI_BACKEND_URL = state.backendUrl;
    env.PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER ??= "true";
    if (state.passphraseFile) env.PULUMI_CONFIG_PASSPHRASE_FILE = state.passphraseFile;
  }
  if (duckdb) env.FIELDLAKE_DUCKDB_HTTPFS = duckdb.extension;
  if (browser?.source === "none") env.FIELDLAKE_NO_CHROMIUM = browser.problem;
  else if (browser) env.FIELDLAKE_CHROMIUM = browser.executable;
  return env;
}
