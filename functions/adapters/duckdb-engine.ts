/** DuckDB for files of one folder, which sees nothing else. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../core/table.ts";

/** @param memory as DuckDB has it, `512MB`; what needs more goes to the folder */
export async function inEngine<Result>(
  folder: string,
  memory: string,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const spill = join(folder, "spill");
  await mkdir(spill);
  const instance = await DuckDBInstance.create(":memory:", {
    // One thread gives the same rows the same bytes.
    ...{ threads: "1", memory_limit: memory, preserve_insertion_order: "true" },
    ...{ autoinstall_known_extensions: "false", autoload_known_extensions: "false" },
  });
  try {
    const connection = await instance.connect();
    for (const setting of [
      "SET TimeZone = 'UTC'",
      `SET temp_directory = ${quoteText(spill)}`,
      `SET allowed_directories = [${quoteText(`${folder}/`)}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ])
      await connection.run(setting);
    return await work(connection);
  } finally {
    instance.closeSync();
  }
}

/** In a folder that is there as long as the work takes. @param purpose what it is called by */
export async function inScratch<Result>(
  purpose: string,
  memory: string,
  work: (connection: DuckDBConnection, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), `fieldlake-${purpose}-`));
  try {
    return await inEngine(folder, memory, (connection) => work(connection, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
