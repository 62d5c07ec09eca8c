/**
 * `npm test`: brings in what the tests need, then lint, formatting, types and all of jest. With arguments, they go
 * to jest and only jest runs: `npm test -- --selectProjects functions`. Ends with a line of counts.
 */
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { exitLike, runForeground } from "./lib/foreground.mjs";
import { runMain } from "./lib/main.mjs";
import { countsAgain, countsLine, takeCounts, totalCounts } from "./lib/test-counts.mjs";
import { npm } from "./steps/dependencies.mjs";
import { createContext, ensureToolchain } from "./toolchain.mjs";

/** Tests wait for processes that they start: on two cores two workers take 887 s, three 794 s. jest itself would take one. */
const WORKERS = Math.max(3, availableParallelism() - 1);

/** Scripts of package.json. */
const CHECKS = Object.freeze(["lint", "typecheck"]);

await runMain(() => main(process.argv.slice(2)));

/** @param {string[]} args for jest */
async function main(args) {
  const context = createContext();
  const { resolved, env } = await ensureToolchain(context, ["test"]);
  const checks = args.length > 0 ? [] : await runChecks(context, env);
  context.release();

  const { root, local } = context.paths;
  const countsFile = join(local, `test-counts-${process.pid}.json`);
  mkdirSync(local, { recursive: true });
  const reporters = ["--reporters=default", `--reporters=${join(root, "toolchain/jest-counts.mjs")}`];
  const jest = [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    "node_modules/jest/bin/jest.js",
    `--maxWorkers=${WORKERS}`,
  ];
  /** @param {string[]} given */
  const run = async (given) => {
    const ended = await runForeground(resolved.node.executable, [...jest, ...given, ...reporters], {
      cwd: root,
      env: { ...env, FIELDLAKE_TEST_COUNTS: countsFile },
    });
    return { ended, counts: takeCounts(countsFile) };
  };
  const first = await run(args);
  const { ended, ok, counts: ran } = await againWhereAborted(first, run);
  const counts = totalCounts(checks, { ok, counts: ran });
  console.log(countsLine(counts));
  if (ended.signal) exitLike(ended);
  else process.exit(counts.failed > 0 ? ended.code || 1 : 0);
}

/**
 * Runs the files once more whose process V8 itself ended. A second end of that kind is a failure.
 *
 * @typedef {{ ended: Awaited<ReturnType<typeof runForeground>>, counts: ReturnType<typeof takeCounts> }} Ran
 * @param {Ran} first
 * @param {(files: string[]) => Promise<Ran>} run
 */
async function againWhereAborted(first, run) {
  const { counts } = first;
  if (!counts?.aborted.length) return { ...first, ok: first.ended.code === 0 };
  console.log("V8 ended the process of these test files (nodejs/node#64500); they run once more:");
  for (const file of counts.aborted) console.log(`  ${file}`);
  const { ended, counts: again } = await run(["--runTestsByPath", ...counts.aborted]);
  const both = countsAgain(counts, counts.aborted.length, again);
  return { ended, ok: both.failed === 0, counts: both };
}

/**
 * @param {import("./toolchain.mjs").Context} context
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean[]>} whether each passed; what failed has said why
 */
async function runChecks(context, env) {
  return await Promise.all(
    CHECKS.map(async (check) => {
      const began = Date.now();
      const options = {
        cwd: context.paths.root,
        env: { ...env, [process.stdout.isTTY ? "FORCE_COLOR" : "NO_COLOR"]: "1" },
      };
      const { ok, output } = await npm(context, ["run", "--silent", check], options);
      console.log(`${check}: ${ok ? "passed" : "failed"} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      if (!ok) console.log(output.trimEnd());
      return ok;
    }),
  );
}
