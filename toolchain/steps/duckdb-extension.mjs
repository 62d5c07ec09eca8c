/**
 * Asks DuckDB itself to install or load its httpfs extension:
 * `node duckdb-extension.mjs install <folder>` leaves httpfs.duckdb_extension somewhere below it,
 * `node duckdb-extension.mjs load <file>` fails where DuckDB does not accept the file's signature or version.
 */
import { DuckDBInstance } from "@duckdb/node-api";

const [action, path] = process.argv.slice(2);
if (!path) throw new Error("usage: duckdb-extension.mjs install <folder> | load <file>");

try {
  if (action === "install") {
    const instance = await DuckDBInstance.create(":memory:", { extension_directory: path });
    await (await instance.connect()).run("INSTALL httpfs");
  } else {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`LOAD '${path.replaceAll("'", "''")}'`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
