/**
 * `node toolchain/run.mjs <script> [arguments]`: a TypeScript program of this repository with the Node, the engine
 * and the DuckDB extension that the tests have: soaks and benchmarks.
 */
import { exitLike, runForeground } from "./lib/foreground.mjs";
import { runMain } from "./lib/main.mjs";
import { createContext, ensureToolchain } from "./toolchain.mjs";

await runMain(async () => {
  const context = createContext();
  const { resolved, env } = await ensureToolchain(context, ["test"]);
  context.release();
  exitLike(await runForeground(resolved.node.executable, process.argv.slice(2), { env }));
});
