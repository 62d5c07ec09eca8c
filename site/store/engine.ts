/** DuckDB as the lake uses it: bounded, nothing plain on disk, reading and writing below the lake's folder only. */
import { setTimeout as delay } from "node:timers/promises";
import duckdb from "@duckdb/node-bindings";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { SealingKey } from "../seal.ts";

/** DuckDB's OpenSSL, without which it writes no encrypted Parquet, is neither given nor to be installed. */
export class ExtensionError extends Error {
  override readonly name = "ExtensionError";
}

/** The clause that reads and writes with the lake's key. */
export const encryption = "footer_key: 'lake'";

export interface Engine {
  readonly writer: DuckDBConnection;
  /**
   * A statement of the writer, run by DuckDB's own thread. Waiting for it in a thread of ours, as `run` does, would keep
   * that one busy asking whether there is something to do.
   */
  inBackground(sql: string): Promise<void>;
  /** Appends rows while the writer is busy. The low-level binding's connection: it copies whole columns. */
  readonly stager: duckdb.Connection;
  /** A connection of its own for each query, so that one can be interrupted. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export async function startEngine(
  folder: string,
  key: SealingKey,
  extensionFile: string | undefined,
): Promise<Engine> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "2",
    memory_limit: "112MB",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
  });
  const writer = await instance.connect();
  await loadOpenSsl(writer, extensionFile);
  await writer.run(`PRAGMA add_parquet_key('lake', '${key.bytes.toString("base64")}')`);
  for (const setting of [
    "SET TimeZone = 'UTC'",
    // What does not fit into memory is spilled encrypted, under a key that DuckDB makes for this process.
    "SET temp_file_encryption = true",
    `SET temp_directory = '${folder.replaceAll("'", "''")}/spill'`,
    "SET enable_external_file_cache = false",
    `SET allowed_directories = ['${folder.replaceAll("'", "''")}/']`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ]) {
    await writer.run(setting);
  }
  const stager = await instance.connect();
  return {
    writer,
    inBackground: (sql) => runInBackground(nativeOf(writer), sql),
    stager: nativeOf(stager),
    connect: () => instance.connect(),
    close: () => instance.closeSync(),
  };
}

/** The public class keeps the binding's connection to itself. */
const nativeOf = (connection: DuckDBConnection): duckdb.Connection =>
  (connection as unknown as { readonly connection: duckdb.Connection }).connection;

async function runInBackground(connection: duckdb.Connection, sql: string): Promise<void> {
  const pending = duckdb.pending_prepared(await duckdb.prepare(connection, sql));
  while (!duckdb.pending_execution_is_finished(duckdb.pending_execute_check_state(pending))) await delay(1);
  await duckdb.execute_pending(pending);
}

async function loadOpenSsl(connection: DuckDBConnection, file: string | undefined): Promise<void> {
  try {
    if (file === undefined) await connection.run("INSTALL httpfs");
    await connection.run(file === undefined ? "LOAD httpfs" : `LOAD '${file.replaceAll("'", "''")}'`);
  } catch (error) {
    throw new ExtensionError(
      "DuckDB's httpfs extension (its OpenSSL, which writes encrypted Parquet) cannot be loaded" +
        (file === undefined ? "" : ` from FIELDLAKE_DUCKDB_HTTPFS=${file}`) +
        `: ${(error as Error).message.split("\n")[0]}. Start by npm start, which brings it in, or set ` +
        "FIELDLAKE_DUCKDB_HTTPFS to the extension's file; nothing is ever written plain instead",
    );
  }
}
