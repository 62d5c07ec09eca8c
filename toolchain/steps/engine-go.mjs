import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildOnce } from "../lib/build-once.mjs";
import { ToolchainError } from "../lib/errors.mjs";
import { isExecutable, which } from "../lib/processes.mjs";
import {
  GO_BUILT_LANGUAGE_HOST,
  GO_BUILT_PULUMI,
  isAtLeast,
  MINIMUM_GO,
  MINIMUM_PULUMI,
  versionIn,
} from "../versions.mjs";

const STEP = "engine";
const BY_HAND = [
  `install Pulumi ${MINIMUM_PULUMI} or newer: https://www.pulumi.com/docs/iac/download-install/`,
  `or install Go ${MINIMUM_GO} or newer, from which the engine is built: https://go.dev/doc/install`,
];

/**
 * What is built: from a module folder of toolchain/engine/, whose go.mod and go.sum pin every source file.
 * `packages` is how many Go packages that is, for the progress display.
 */
const PROGRAMS = Object.freeze([
  {
    name: "pulumi",
    module: "pulumi",
    main: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: GO_BUILT_PULUMI,
    packages: 1352,
  },
  {
    name: "pulumi-language-nodejs",
    module: "language-nodejs",
    main: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: GO_BUILT_LANGUAGE_HOST,
    packages: 531,
  },
]);

/**
 * What an earlier build left in the user's cache.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @returns {import("./engine.mjs").Engine | undefined}
 */
export function builtEngine(context) {
  const pulumi = executableIn(context, engineFolder(context), "pulumi");
  return isExecutable(pulumi) ? { pulumi, version: GO_BUILT_PULUMI, source: "go" } : undefined;
}

/**
 * Builds the engine and its Node language host from pinned Go modules, and puts the launcher for policy packs
 * beside them: this host is too old to start packs itself.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {readonly string[]} reasons why the sources before this one can't be used, for the error message
 * @returns {Promise<import("./engine.mjs").Engine>}
 * @throws {ToolchainError} without Go, or where the build fails
 */
export async function buildEngine(context, reasons) {
  const go = await findGo(context, reasons);
  const folder = engineFolder(context);
  await buildOnce(folder, (partial) => build(context, go, partial, reasons), {
    isComplete: (target) => isExecutable(executableIn(context, target, "pulumi")),
    signal: context.signal,
    onWait: (owner) => context.progress.note(STEP, `${owner} is building it, waiting`),
  });
  return { pulumi: executableIn(context, folder, "pulumi"), version: GO_BUILT_PULUMI, source: "go" };
}

/** @param {import("../toolchain.mjs").Context} context @param {readonly string[]} reasons */
async function findGo(context, reasons) {
  const go = which("go", context.env);
  if (!go) {
    throw new ToolchainError(STEP, because([...reasons, "there is no go on PATH to build it with"]), BY_HAND);
  }
  const { ok, output } = await context.run(go, ["env", "GOVERSION"], {
    timeout: 60_000,
    signal: context.signal,
  });
  const version = ok ? versionIn(output) : undefined;
  // Go from 1.21 on fetches the toolchain that go.mod asks for by itself, unless told not to.
  if (!version || !isAtLeast(version, "1.21.0")) {
    throw new ToolchainError(
      STEP,
      because([...reasons, `${go} is too old (${version ?? output.trim()})`]),
      BY_HAND,
    );
  }
  return go;
}

/**
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} go
 * @param {string} folder
 * @param {readonly string[]} reasons
 */
async function build(context, go, folder, reasons) {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const { name, module, main, version, packages } of PROGRAMS) {
    const text = `building ${name} ${version} from pinned Go modules (once; a few minutes)`;
    const task = context.progress.start(STEP, text);
    let compiled = 0;
    try {
      const result = await context.run(
        go,
        [
          "build",
          "-v",
          "-trimpath",
          // As arguments these win over the user's GOFLAGS, which stay as they are.
          "-mod=readonly",
          `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
          `-o=${executableIn(context, folder, name)}`,
          main,
        ],
        {
          cwd: join(context.paths.root, "toolchain/engine", module),
          // A go.work around the project is not about this build; without cgo no C compiler is needed.
          env: { ...context.env, GOWORK: "off", CGO_ENABLED: "0" },
          signal: context.signal,
          onLine: (line) => {
            if (line.startsWith("go: downloading")) return task.detail("downloading modules");
            compiled += 1;
            task.detail(`${Math.min(compiled, packages)} of ${packages} packages`);
          },
        },
      );
      if (!result.ok) {
        throw new ToolchainError(
          STEP,
          because([...reasons, "go could not build it"]),
          BY_HAND,
          result.output,
        );
      }
      task.done(`${name} ${version} built`);
    } finally {
      task.stop();
    }
  }
  for (const file of launcherFiles(context)) {
    await copyFile(file, join(bin, basename(file)));
    if (!file.endsWith(".mjs")) await chmod(join(bin, basename(file)), 0o755);
  }
}

/** @param {readonly string[]} reasons */
const because = (reasons) => `no Pulumi engine: ${reasons.join("; ")}`;

/**
 * The folder is named by everything that decides its content, so that a change of the pinned modules or of the
 * launcher makes a new one.
 *
 * @param {import("../toolchain.mjs").Context} context
 */
function engineFolder(context) {
  const hash = createHash("sha256");
  for (const { module } of PROGRAMS) {
    for (const file of ["go.mod", "go.sum"])
      hash.update(readFileSync(join(context.paths.root, "toolchain/engine", module, file)));
  }
  for (const file of launcherFiles(context)) hash.update(readFileSync(file));
  const content = hash.digest("hex").slice(0, 12);
  const system = `${context.platform}-${context.arch}`;
  return join(
    context.paths.cache,
    "engine",
    `go-${GO_BUILT_PULUMI}-${GO_BUILT_LANGUAGE_HOST}-${content}-${system}`,
  );
}

/** @param {import("../toolchain.mjs").Context} context @returns {string[]} */
function launcherFiles(context) {
  const folder = join(context.paths.root, "toolchain/engine/launcher");
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** @param {import("../toolchain.mjs").Context} context @param {string} folder @param {string} name */
const executableIn = (context, folder, name) =>
  join(folder, "bin", context.platform === "win32" ? `${name}.exe` : name);
