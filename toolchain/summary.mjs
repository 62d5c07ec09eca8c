import { homedir } from "node:os";
import { relative } from "node:path";

/** @type {Readonly<Record<string, string>>} */
const SOURCES = Object.freeze({
  running: "the one that runs npm",
  npm: "npm, user's cache",
  path: "found on PATH",
  installer: "official installer, user's cache",
  go: "built from pinned Go modules, user's cache",
  installed: "Pulumi's plugin folder",
  offline: "this project's offline provider",
  environment: "FIELDLAKE_DUCKDB_HTTPFS",
  cached: "user's cache",
  online: "DuckDB's repository, user's cache",
  wheel: "Python package index, user's cache",
});

/**
 * A table of what the toolchain uses from where.
 *
 * @param {import("./env.mjs").Resolved} resolved
 * @param {import("./paths.mjs").ToolchainPaths} paths
 * @returns {string}
 */
export function summary({ node, engine, plugins = [], duckdb, state }, paths) {
  /** @type {Array<[string, string, string, string]>} */
  const rows = [["what", "version", "from", "where"]];
  if (node) rows.push(["Node", node.version, source(node.source), node.executable]);
  if (engine) rows.push(["Pulumi engine", engine.version, source(engine.source), engine.pulumi]);
  for (const plugin of plugins) {
    const where = plugin.source === "offline" ? `provider/offline/${plugin.name}` : "";
    rows.push([`provider ${plugin.name}`, plugin.version, source(plugin.source), where]);
  }
  if (duckdb) rows.push(["DuckDB httpfs", duckdb.version, source(duckdb.source), duckdb.extension]);
  if (state) {
    const backend = state.source === "local" ? "this clone" : "your Pulumi settings";
    rows.push(["state", "", backend, state.description]);
  }
  const shown = rows.map((row) => row.map((cell) => shorten(cell, paths.root)));
  const widths = rows[0]?.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0))) ?? [];
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * The same in one line: `Node 24.21.0, Pulumi 3.220.0, providers tls 5.6.1 (offline) and random 4.21.2 (offline)`.
 *
 * @param {import("./env.mjs").Resolved} resolved
 * @returns {string}
 */
export function oneLine({ node, engine, plugins = [] }) {
  const providers = plugins.map(
    ({ name, version, source: from }) => `${name} ${version}${from === "offline" ? " (offline)" : ""}`,
  );
  return [
    node && `Node ${node.version}`,
    engine && `Pulumi ${engine.version}`,
    providers.length > 0 && `providers ${providers.join(" and ")}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** @param {string} name */
const source = (name) => SOURCES[name] ?? name;

/** @param {string} path @param {string} root */
function shorten(path, root) {
  if (path.startsWith(`${root}/`)) return relative(root, path);
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~/${relative(home, path)}` : path;
}
