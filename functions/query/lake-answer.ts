/** SQL over files of the lake, brought to this machine for one question: DuckDB sees a folder of its own and nothing else. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { QueryResult } from "../../site/ports.ts";
import { answer } from "../../site/store/reader.ts";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import { duckdbType, quarantineTable, quoteIdentifier, quoteText, readingsTable } from "../core/table.ts";
import { dayFiles, foldersOf, type LakeReading } from "../lake/day-files.ts";
import { MissingObject } from "../missing-object.ts";
import type { ObjectStore } from "../ports.ts";
import { QuestionError, type Question } from "./question.ts";

export interface LakePorts {
  readonly objects: ObjectStore;
  readonly list: BlobList;
  /** Containers by their address; each holds tables as folders of days. */
  readonly containers: readonly string[];
  /** Bytes that one question may read. */
  readonly mostBytes: number;
  /** As DuckDB has it: `1GB`. */
  readonly memory: string;
  /** Milliseconds that DuckDB may work on it. */
  readonly timeout: number;
}

export interface LakeAnswer extends QueryResult {
  /** What was read for it. */
  readonly files: number;
  readonly bytes: number;
}

interface Found extends ListedBlob {
  readonly container: string;
  readonly table: string;
}

const atOnce = 8;

/** Files may be merged while they are fetched: one that was listed is then not there any more. */
const attempts = 3;

/** Throws QuestionError and QueryError for who asked; anything else is a fault of ours. */
export async function answerFromLake(question: Question, ports: LakePorts): Promise<LakeAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await answerOnce(question, ports);
    } catch (error) {
      if (!(error instanceof MissingObject) || attempt === attempts) throw error;
    }
  }
}

async function answerOnce({ sql, rows, days }: Question, ports: LakePorts): Promise<LakeAnswer> {
  const found = (await Promise.all(ports.containers.map((one) => filesOf(one, days, ports)))).flat();
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > ports.mostBytes) {
    throw new QuestionError(
      `from, to: the ${days.length} days have ${bytes} bytes in ${found.length} files; allowed: ${ports.mostBytes} bytes a question, so ask about fewer days`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-query-"));
  try {
    const queue = [...found.entries()];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [index, file] = next;
          const path = localPath(folder, index, file);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, await ports.objects.read(file.container, file.key));
        }
      }),
    );
    return { ...(await ask(folder, found, { sql, rows }, ports)), files: found.length, bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const localPath = (folder: string, index: number, { table }: Found): string =>
  join(folder, "lake", table, `${index}.parquet`);

async function filesOf(container: string, days: readonly string[], ports: LakeReading): Promise<Found[]> {
  const found: Found[] = [];
  // Day by day: a lake may have many, and each is a request.
  for (const place of await foldersOf(container, ports.list)) {
    const all = await dayFiles(container, place, days, ports);
    const table = place.slice(place.lastIndexOf("/") + 1);
    found.push(...all.flatMap(({ files }) => files.map((one) => ({ ...one, container, table }))));
  }
  return found;
}

async function ask(
  folder: string,
  files: readonly Found[],
  { sql, rows }: Pick<Question, "sql" | "rows">,
  { memory, timeout }: LakePorts,
): Promise<QueryResult> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET temp_directory = ${quoteText(join(folder, "spill"))}`);
    for (const view of viewsOf(folder, files)) await connection.run(view);
    for (const setting of [
      `SET allowed_directories = [${quoteText(`${folder}/`)}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ]) {
      await connection.run(setting);
    }
    return await answer(connection, sql, { maxRows: rows, timeoutMs: timeout });
  } finally {
    instance.closeSync();
  }
}

/** A view a table; the two that every lake has are there without files too. */
function viewsOf(folder: string, files: readonly Found[]): string[] {
  const empty = [readingsTable, quarantineTable].map((table) => {
    const columns = table.columns.map((one) => `NULL::${duckdbType(one)} AS ${quoteIdentifier(one.name)}`);
    return `CREATE VIEW ${table.name} AS SELECT ${columns.join(", ")} WHERE false`;
  });
  const paths = Map.groupBy([...files.entries()], ([, { table }]) => table);
  const filled = [...paths].map(([table, group]) => {
    const list = group.map(([index, file]) => quoteText(localPath(folder, index, file))).join(", ");
    return `CREATE OR REPLACE VIEW ${quoteIdentifier(table)} AS SELECT * FROM read_parquet([${list}], union_by_name = true, hive_partitioning = false)`;
  });
  return [...empty, ...filled];
}
