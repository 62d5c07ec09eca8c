/** DuckDB for questions of strangers: it sees one folder, and nothing of it can be set. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, quoteText, type TableSchema } from "../core/table.ts";
import { latestView, rateView } from "../../site/store/views.ts";
import { noRows } from "./shaped-rows.ts";

export interface EngineOptions {
  /** Of files, drafts and what does not fit into memory. */
  readonly folder: string;
  /** As DuckDB has it: `1GB`. */
  readonly memory: string;
  readonly threads: number;
}

export class AskingEngine {
  readonly #options: EngineOptions;
  #started: Promise<DuckDBInstance> | null = null;
  #shown = "";
  #showing: Promise<unknown> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** A connection of its own for each question, beside everybody's views, which have columns and no rows. */
  async connect(tables: readonly TableSchema[] = []): Promise<DuckDBConnection> {
    this.#started ??= this.#start();
    const instance = await this.#started.catch((error: unknown) => {
      this.#started = null;
      throw error;
    });
    const connection = await instance.connect();
    if (tables.length === 0) return connection;
    // One at a time: DuckDB refuses two that replace one view.
    const showing = this.#showing.then(() => this.#show(connection, tables));
    this.#showing = showing.catch(() => undefined);
    await showing;
    return connection;
  }

  async #show(connection: DuckDBConnection, tables: readonly TableSchema[]): Promise<void> {
    const names = JSON.stringify(tables.map(({ name, columns }) => [name, columns.map((one) => one.name)]));
    if (names === this.#shown) return;
    for (const table of tables)
      await connection.run(`CREATE OR REPLACE VIEW ${quoteIdentifier(table.name)} AS ${noRows(table)}`);
    const frames = tables.filter(({ name }) => name.startsWith("frames_"));
    for (const view of [latestView(frames), rateView(frames)]) await connection.run(view);
    this.#shown = names;
  }

  /** After a failure: an engine that gave up answers nobody any more, so the next question has a new one. */
  async check(): Promise<void> {
    const instance = await this.#started?.catch(() => null);
    if (!instance) return;
    try {
      const connection = await instance.connect();
      await connection.run("SELECT 1");
      connection.closeSync();
    } catch {
      [this.#started, this.#shown] = [null, ""];
    }
  }

  async #start(): Promise<DuckDBInstance> {
    const { folder, memory, threads } = this.#options;
    for (const below of ["spill", "drafts"]) mkdirSync(join(folder, below), { recursive: true, mode: 0o700 });
    const instance = await DuckDBInstance.create(":memory:", {
      ...{ threads: String(threads), memory_limit: memory },
      ...{ autoinstall_known_extensions: "false", autoload_known_extensions: "false" },
    });
    const connection = await instance.connect();
    for (const setting of [
      "SET TimeZone = 'UTC'",
      `SET temp_directory = ${quoteText(join(folder, "spill"))}`,
      // Files are named by their content: what was read of their ends stays true.
      "SET parquet_metadata_cache = true",
      `SET allowed_directories = [${quoteText(`${folder}/`)}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ])
      await connection.run(setting);
    connection.closeSync();
    return instance;
  }
}
