import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildOnce } from "../lib/build-once.mjs";
import { ToolchainError } from "../lib/errors.mjs";
import { which } from "../lib/processes.mjs";
import { DUCKDB_HTTPFS } from "../versions.mjs";

const STEP = "duckdb";
/** DuckDB derives the extension's entry point from this name. */
const EXTENSION = "httpfs.duckdb_extension";
const WHEEL = `duckdb-extension-httpfs==${DUCKDB_HTTPFS}`;
/** The extension is some 20 MB. */
const DOWNLOAD_MILLISECONDS = 5 * 60_000;
const BY_HAND = [
  `let the machine reach DuckDB's extension repository once (SQL: INSTALL httpfs, with DuckDB ${DUCKDB_HTTPFS})`,
  `or install Python with pip, from which \`python3 -m pip download --no-deps ${WHEEL}\` gets it`,
  `or set FIELDLAKE_DUCKDB_HTTPFS to the path of an httpfs.duckdb_extension ${DUCKDB_HTTPFS}`,
];

/**
 * Brings in DuckDB's httpfs extension, whose OpenSSL encrypts Parquet files: from where the user says it is, from
 * the cache, from DuckDB's own repository, or out of the wheel on the Python package index. DuckDB checks its
 * signature when it is loaded. The lake is never written without it.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node
 * @returns {Promise<{ extension: string, version: string, source: "environment" | "cached" | "online" | "wheel" }>}
 * @throws {ToolchainError} where it can't be had
 */
export async function ensureDuckdb(context, node) {
  const given = context.env.FIELDLAKE_DUCKDB_HTTPFS;
  if (given) {
    if (!existsSync(given)) {
      throw new ToolchainError(STEP, `FIELDLAKE_DUCKDB_HTTPFS names ${given}, which does not exist`, [
        "set it to an existing file, or unset it to have the extension brought in",
      ]);
    }
    return { extension: given, version: DUCKDB_HTTPFS, source: "environment" };
  }
  const folder = join(context.paths.cache, "duckdb", `${DUCKDB_HTTPFS}-${context.platform}-${context.arch}`);
  const extension = join(folder, EXTENSION);
  /** @type {"online" | "wheel"} */
  let source = "online";
  const outcome = await buildOnce(
    folder,
    async (partial) => {
      source = await bringIn(context, node, partial);
    },
    {
      isComplete: () => existsSync(extension),
      signal: context.signal,
      onWait: (owner) => context.progress.note(STEP, `${owner} is bringing it in, waiting`),
    },
  );
  return { extension, version: DUCKDB_HTTPFS, source: outcome === "cached" ? "cached" : source };
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node
 * @param {string} folder
 * @returns {Promise<"online" | "wheel">}
 */
async function bringIn(context, node, folder) {
  const task = context.progress.start(
    STEP,
    `getting the httpfs extension ${DUCKDB_HTTPFS}, which encrypts Parquet (once)`,
  );
  const downloads = join(folder, "downloads");
  try {
    await mkdir(downloads);
    const online = await helper(context, node, ["install", downloads]);
    const problem = online.ok ? undefined : await fromWheel(context, downloads, task);
    if (problem) {
      throw new ToolchainError(
        STEP,
        `the httpfs extension ${DUCKDB_HTTPFS} can't be had: DuckDB could not install it, and ${problem.why}; ` +
          "without it the lake could not be encrypted",
        BY_HAND,
        problem.output || online.output,
      );
    }
    const file = (await readdir(downloads, { recursive: true })).find((name) => basename(name) === EXTENSION);
    if (!file) throw new ToolchainError(STEP, `what was downloaded holds no ${EXTENSION}`, BY_HAND);
    await rename(join(downloads, file), join(folder, EXTENSION));
    await rm(downloads, { recursive: true });
    const check = await helper(context, node, ["load", join(folder, EXTENSION)]);
    if (!check.ok) {
      throw new ToolchainError(
        STEP,
        "DuckDB refuses the httpfs extension that was found",
        BY_HAND,
        check.output,
      );
    }
    task.done(
      `httpfs extension ${DUCKDB_HTTPFS} from ${online.ok ? "DuckDB's repository" : "the Python package index"}`,
    );
    return online.ok ? "online" : "wheel";
  } finally {
    task.stop();
  }
}

/**
 * Loading native code can't be interrupted, so DuckDB runs in a process of its own.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node
 * @param {readonly string[]} args
 */
const helper = (context, node, args) =>
  context.run(node, [join(context.paths.root, "toolchain/steps/duckdb-extension.mjs"), ...args], {
    cwd: context.paths.root,
    timeout: DOWNLOAD_MILLISECONDS,
    signal: context.signal,
  });

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} folder
 * @param {import("../lib/progress.mjs").Task} task
 * @returns {Promise<{ why: string, output: string } | undefined>} why not; undefined where it was downloaded and unpacked
 */
async function fromWheel(context, folder, task) {
  const python = which("python3", context.env) ?? which("python", context.env);
  if (!python)
    return { why: "there is no python3 on PATH to get it from the Python package index", output: "" };
  task.detail("from the Python package index");
  const options = { cwd: folder, timeout: DOWNLOAD_MILLISECONDS, signal: context.signal };
  const download = [
    "-m",
    "pip",
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--disable-pip-version-check",
    WHEEL,
  ];
  const downloaded = await context.run(python, download, options);
  if (!downloaded.ok) return { why: `pip could not download ${WHEEL}`, output: downloaded.output };
  const wheels = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  for (const wheel of wheels) {
    const unpacked = await context.run(python, ["-m", "zipfile", "-e", wheel, "wheel"], options);
    if (!unpacked.ok) return { why: `${wheel} could not be unpacked`, output: unpacked.output };
  }
  return undefined;
}
