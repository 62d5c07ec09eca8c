/** DuckDB as the lake uses it: bounded, nothing plain on disk, reading and writing below the lake's folder only. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type duckdb from "@duckdb/node-bindings";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../../functions/core/table.ts";
import type { SealingKey } from "../seal.ts";

/** DuckDB's OpenSSL, without which it writes no encrypted Parquet, is neither given nor to be installed. */
export class ExtensionError extends Error {
  override readonly name = "ExtensionError";
}

/** The clause that reads and writes with the lake's key. */
export const encryption = "footer_key: 'lake'";

export interface EngineOptions {
  /** The lake's. */
  readonly folder: string;
  readonly key: SealingKey;
  /** DuckDB's httpfs extension; undefined lets DuckDB install it. */
  readonly extensionFile: string | undefined;
  readonly name: string;
  readonly threads: number;
  /** Beyond which it writes to disk, as DuckDB has it: `64MB`. */
  readonly memory: string;
}

export interface Engine {
  readonly main: DuckDBConnection;
  /** Appends rows while the main connection is busy. The low-level binding's: it copies whole columns. */
  readonly native: duckdb.Connection;
  /** A connection of its own for each query, so that one can be interrupted. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { folder, key, extensionFile, name, threads, memory } = options;
  const spill = join(folder, "spill", name);
  mkdirSync(dirname(spill), { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(threads),
    memory_limit: memory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
  });
  const main = await instance.connect();
  await loadOpenSsl(main, extensionFile);
  await main.run(`PRAGMA add_parquet_key('lake', '${key.bytes.toString("base64")}')`);
  for (const setting of [
    "SET TimeZone = 'UTC'",
    // What does not fit into memory is spilled encrypted, under a key that DuckDB makes for this process.
    "SET temp_file_encryption = true",
    `SET temp_directory = ${quoteText(spill)}`,
    "SET enable_external_file_cache = false",
    `SET allowed_directories = [${quoteText(`${folder}/`)}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ]) {
    await main.run(setting);
  }
  const second = await instance.connect();
  return {
    main,
    native: nativeOf(second),
    connect: () => instance.connect(),
    close: () => instance.closeSync(),
  };
}

/** The public class keeps the binding's connection to itself. */
const nativeOf = (connection: DuckDBConnection): duckdb.Connection =>
  (connection as unknown as { readonly connection: duckdb.Connection }).connection;

/** Throws {@link ExtensionError}. */
export async function loadOpenSsl(connection: DuckDBConnection, file: string | undefined): Promise<void> {
  try {
    if (file === undefined) await connection.run("INSTALL httpfs");
    await connection.run(file === undefined ? "LOAD httpfs" : `LOAD ${quoteText(file)}`);
  } catch (error) {
    throw new ExtensionError(
      "DuckDB's httpfs extension (its OpenSSL, which writes encrypted Parquet) cannot be loaded" +
        (file === undefined ? "" : ` from FIELDLAKE_DUCKDB_HTTPFS=${file}`) +
        `: ${(error as Error).message.split("\n")[0]}. Start by npm start, which brings it in, or set ` +
        "FIELDLAKE_DUCKDB_HTTPFS to the extension's file; nothing is ever written plain instead",
    );
  }
}
