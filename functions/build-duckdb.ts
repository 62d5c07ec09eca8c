/** DuckDB's engine as functions run it: Linux on x64, whatever the machine is that deploys. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const platform = "@duckdb/node-bindings-linux-x64";
const folder = resolve(fileURLToPath(new URL("..", import.meta.url)), "node_modules", platform);

/**
 * By their names beside a bundle. On another system npm leaves the package out: `npm install --no-save --os linux --cpu x64
 * --libc glibc @duckdb/node-bindings-linux-x64` brings it.
 */
export const duckDbForFunctions: Readonly<Record<string, string>> = Object.fromEntries(
  ["package.json", "duckdb.node", "libduckdb.so"].map((name) => [
    `node_modules/${platform}/${name}`,
    resolve(folder, name),
  ]),
);

/** Of the package that has the engine's JavaScript, which is pinned with it. */
export const duckDbVersion = (): string =>
  (createRequire(import.meta.url)("@duckdb/node-bindings/package.json") as { version: string }).version;
