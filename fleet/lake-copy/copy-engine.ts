/** DuckDB between two lakes: bounded memory, what it spills encrypted, a file at a time. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, quoteText, type TableSchema } from "../../functions/core/table.ts";
import type { SealingKey } from "../../site/seal.ts";
import { loadOpenSsl } from "../../site/store/engine.ts";

/** Names that keys of local lakes have in the engine: a lake's own code writes with `lake`. */
export type KeyName = "source" | "lake";

export interface CopyEngineOptions {
  /** Of this copy alone; files come and go in it. */
  readonly work: string;
  /** Folders of local lakes, which it may read and write too. */
  readonly folders: readonly string[];
  /** Of the local lakes; without one no OpenSSL is needed. */
  readonly keys: ReadonlyMap<KeyName, SealingKey>;
  /** DuckDB's httpfs extension; undefined lets DuckDB install it. */
  readonly extensionFile: string | undefined;
}

/** What a set of rows is, whatever their order and their file. */
export interface Fingerprint {
  readonly rows: number;
  /** Sum of a 64-bit hash of each row over all columns; decimal. */
  readonly sum: string;
}

/** Beyond which DuckDB writes to disk. */
const memory = "512MB";

export class CopyEngine {
  readonly work: string;
  readonly main: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  #files = 0;

  private constructor(work: string, instance: DuckDBInstance, main: DuckDBConnection) {
    this.work = work;
    this.#instance = instance;
    this.main = main;
  }

  static async start({ work, folders, keys, extensionFile }: CopyEngineOptions): Promise<CopyEngine> {
    mkdirSync(join(work, "spill"), { recursive: true, mode: 0o700 });
    const instance = await DuckDBInstance.create(":memory:", {
      // One thread gives the same rows the same bytes.
      ...{ threads: "1", memory_limit: memory, preserve_insertion_order: "true" },
      ...{ autoinstall_known_extensions: "false", autoload_known_extensions: "false" },
    });
    const main = await instance.connect();
    if (keys.size > 0) await loadOpenSsl(main, extensionFile);
    for (const [name, { bytes }] of keys)
      await main.run(`PRAGMA add_parquet_key('${name}', '${bytes.toString("base64")}')`);
    const allowed = [work, ...folders].map((folder) => quoteText(`${folder}/`)).join(", ");
    for (const setting of [
      "SET TimeZone = 'UTC'",
      "SET temp_file_encryption = true",
      `SET temp_directory = ${quoteText(join(work, "spill"))}`,
      "SET enable_external_file_cache = false",
      `SET allowed_directories = [${allowed}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ])
      await main.run(setting);
    return new CopyEngine(work, instance, main);
  }

  /** A name in the work folder that nothing else has. */
  place(extension = "parquet"): string {
    return join(this.work, `${++this.#files}.${extension}`);
  }

  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return (await this.main.runAndReadAll(sql)).getRows();
  }

  /** @param select of the schema's columns with DuckDB's own types */
  async fingerprint(schema: TableSchema, select: string): Promise<Fingerprint> {
    const [row = []] = await this.rows(
      `SELECT count(*), coalesce(sum(${rowHash(schema)}), 0)::VARCHAR FROM (${select})`,
    );
    return { rows: Number(row[0]), sum: String(row[1]) };
  }

  close(): void {
    this.#instance.closeSync();
  }
}

/** An expression of a row's columns. */
export const rowHash = ({ columns }: TableSchema): string =>
  `hash(${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})::HUGEINT`;

export const plainScan = (path: string): string =>
  `read_parquet([${quoteText(path)}], hive_partitioning = false)`;

export const sealedScan = (path: string, key: KeyName): string =>
  `read_parquet([${quoteText(path)}], encryption_config = {footer_key: '${key}'}, hive_partitioning = false)`;
