import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ToolchainError } from "../lib/errors.mjs";
import { withLock } from "../lib/lock.mjs";

const STEP = "dependencies";

/**
 * Brings node_modules in line with package-lock.json. A stamp with the lockfile's hash says that it is; it lies
 * inside node_modules, which `npm ci` empties first, so an interrupted installation has none.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {Promise<{ source: "cached" | "adopted" | "installed" }>}
 * @throws {ToolchainError} where npm fails
 */
export async function ensureDependencies(context) {
  const { root, launchers } = context.paths;
  const hash = lockfileHash(root);
  const current = () => readStamp(root) === hash;
  if (current()) return { source: "cached" };
  return await withLock(
    join(launchers, "dependencies.lock"),
    async () => {
      if (current()) return { source: "cached" };
      // Somebody who ran npm by hand has what is needed; installing again would only cost time.
      if (matchesLockfile(root)) {
        writeStamp(root, hash);
        return { source: "adopted" };
      }
      await install(context);
      writeStamp(root, hash);
      return { source: "installed" };
    },
    {
      signal: context.signal,
      onWait: (owner) => context.progress.note(STEP, `${owner} is installing them, waiting`),
    },
  );
}

/** @param {import("../toolchain.mjs").Context} context */
async function install(context) {
  const task = context.progress.start(STEP, "installing the npm packages of package-lock.json (once)");
  try {
    // Scripts stay off (see allowScripts in package.json). Level "error" hides the engine warnings that an older
    // Node gets: what needs a newer one is run with a newer one, see node.mjs.
    const options = ["--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    let result = await npm(context, ["ci", ...options], { cwd: context.paths.root });
    if (!result.ok && result.output.includes("code EUSAGE")) {
      // The lockfile lacks packages that this platform does not need: optional ones for other platforms that
      // the registry at hand did not have when it was written. What it does pin is honoured here too.
      task.detail("npm ci refuses the lockfile, npm install takes over");
      result = await npm(context, ["install", "--no-save", ...options], { cwd: context.paths.root });
    }
    if (!result.ok) {
      throw new ToolchainError(
        STEP,
        "npm could not install the packages",
        [
          "check that npm reaches your package registry (npm ping), and its proxy and certificate settings",
          "or run `npm ci` in the project's folder yourself",
        ],
        result.output,
      );
    }
    task.done("npm packages installed");
  } finally {
    task.stop();
  }
}

/**
 * Runs the npm that started us, or else the one on PATH.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {readonly string[]} args
 * @param {import("../lib/processes.mjs").RunOptions} options
 */
export async function npm(context, args, options) {
  const script = context.env.npm_execpath;
  const env = Object.fromEntries(
    // Settings of the outer `npm run` or `npx` call, such as its --package, are not meant for this one.
    Object.entries(context.env).filter(
      ([key]) => !/^npm_(config_(package|call)|command|lifecycle_)/i.test(key),
    ),
  );
  const ownScript = script !== undefined && basename(script) === "npm-cli.js";
  const [command, first] = ownScript
    ? [process.execPath, [script]]
    : [process.platform === "win32" ? "npm.cmd" : "npm", []];
  return await context.run(command, [...first, ...args], { env, signal: context.signal, ...options });
}

const stampFile = (/** @type {string} */ root) => join(root, "node_modules", ".fieldlake-dependencies");

/** @param {string} root @returns {string | undefined} */
function readStamp(root) {
  try {
    return readFileSync(stampFile(root), "utf8").trim();
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {string} hash */
function writeStamp(root, hash) {
  const file = stampFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, `${hash}\n`);
  renameSync(`${file}.partial`, file);
}

/** @param {string} root */
const lockfileHash = (root) =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");

/**
 * Whether npm's own record of what it installed (node_modules/.package-lock.json, written last) agrees with
 * package-lock.json. Packages for other platforms are rightly absent from it.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function matchesLockfile(root) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (!wanted || !installed) return false;
  const same = Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    if (!found) return entry.optional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
  return same && Object.keys(installed).every((path) => path in wanted);
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, peer?: boolean }> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
