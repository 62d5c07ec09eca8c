import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ToolchainError } from "../lib/errors.mjs";

const STEP = "state";

/**
 * Where Pulumi keeps the state, and what unlocks its secrets.
 *
 * @typedef {object} State
 * @property {"user" | "local"} source `user`: Pulumi's own settings apply and nothing is added to them
 * @property {string} description where it is, for the user
 * @property {string} [backendUrl] only for `local`
 * @property {string} [passphraseFile] only for `local`, and only where the user gives no passphrase
 */

/**
 * Decides on the state's place. The first that applies:
 * 1. PULUMI_BACKEND_URL, or a `backend` in Pulumi.yaml;
 * 2. this clone's own folder `.fieldlake/state`, once it holds a state: a later `pulumi login` elsewhere must not
 *    make the environment disappear;
 * 3. the user's `pulumi login`;
 * 4. this clone's own folder, with a passphrase that is generated on first use.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {State}
 * @throws {ToolchainError} where the passphrase of an existing state is gone
 */
export function ensureState(context) {
  const { root, local } = context.paths;
  const folder = join(local, "state");
  const hasState = existsSync(join(folder, ".pulumi"));
  const chosen = usersBackend(context, hasState);
  if (chosen) return { source: "user", description: chosen };

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  /** @type {State} */
  const state = {
    source: "local",
    description: ".fieldlake/state",
    backendUrl: pathToFileURL(folder).href,
  };
  if (context.env.PULUMI_CONFIG_PASSPHRASE === undefined && !context.env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    state.passphraseFile = ensurePassphrase(join(local, "passphrase"), hasState && hasStacks(root, folder));
  }
  return state;
}

/** @param {import("../toolchain.mjs").Context} context @param {boolean} hasState @returns {string | undefined} */
function usersBackend({ env, paths }, hasState) {
  if (env.PULUMI_BACKEND_URL) return "PULUMI_BACKEND_URL";
  const project = readText(join(paths.root, "Pulumi.yaml"));
  if (project && /^backend:/m.test(project)) return "the backend of Pulumi.yaml";
  if (hasState) return undefined;
  const credentials = readText(join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json"));
  try {
    const current = credentials && JSON.parse(credentials).current;
    return current ? `your Pulumi login (${current})` : undefined;
  } catch {
    // Pulumi itself says what is wrong with its file, should it be needed.
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {boolean} needed whether a state exists that only the old passphrase opens
 * @returns {string} the file
 */
function ensurePassphrase(file, needed) {
  if (existsSync(file)) return file;
  if (needed) {
    throw new ToolchainError(
      STEP,
      ".fieldlake/passphrase is missing, and .fieldlake/state is locked with it",
      [
        "put the file back, or set PULUMI_CONFIG_PASSPHRASE to what it held",
        "or, if the environment is not needed any more, stop its site and delete the folder .fieldlake",
      ],
    );
  }
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  try {
    // Unlike a rename this fails where another run was faster, whose passphrase then is the one.
    linkSync(partial, file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}

/** @param {string} root @param {string} folder */
const hasStacks = (root, folder) => existsSync(join(folder, ".pulumi", "stacks", projectName(root) ?? ""));

/** @param {string} root @returns {string | undefined} the project's name in Pulumi.yaml */
export const projectName = (root) =>
  /^name:\s*["']?([A-Za-z0-9_.-]+)/m.exec(readText(join(root, "Pulumi.yaml")) ?? "")?.[1];

/** @param {string} file @returns {string | undefined} */
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
