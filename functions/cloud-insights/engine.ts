/** DuckDB over files of the lake on this machine, a unit at a time, in bounded memory and time. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, quoteText, type TableSchema } from "../core/table.ts";
import { computeUnit, type InsightEngine } from "../declared-insights/compute.ts";
import type { Part, Unit } from "../declared-insights/units.ts";
import type { CloudPart } from "./ledger.ts";
import type { InsightPorts } from "./ports.ts";
import { WorkingFolder } from "./working-folder.ts";

/** Results of a unit that lie in the folder, and nowhere else yet. */
export interface Draft {
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
  readonly content: Uint8Array;
  /** Microseconds that its rows reach from and to. */
  readonly minTs: number;
  readonly maxTs: number;
}

/** As the site's files: a question about one device then reads little. */
const groupRows = 30_720;

export interface InsightSession {
  /** Rejects where the unit can't be worked out. */
  compute(unit: Unit): Promise<Draft[]>;
  close(): Promise<void>;
}

export async function openSession(ports: InsightPorts): Promise<InsightSession> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-insights-"));
  await mkdir(join(folder, "spill"));
  const instance = await DuckDBInstance.create(":memory:", {
    // One thread gives the same rows the same bytes.
    ...{ threads: "1", memory_limit: ports.bounds.memory, preserve_insertion_order: "true" },
    ...{ autoinstall_known_extensions: "false", autoload_known_extensions: "false" },
  });
  const connection = await instance.connect();
  for (const setting of [
    "SET TimeZone = 'UTC'",
    // What does not fit into memory is spilled encrypted, under a key that DuckDB makes for this process.
    "SET temp_file_encryption = true",
    `SET temp_directory = ${quoteText(join(folder, "spill"))}`,
    `SET allowed_directories = [${quoteText(`${folder}/`)}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ])
    await connection.run(setting);
  const files = new WorkingFolder(folder, ports);
  return {
    compute: (unit) => computeIn(unit, { connection, folder, files, ports }),
    async close() {
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Session {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly files: WorkingFolder;
  readonly ports: InsightPorts;
}

async function computeIn(unit: Unit, session: Session): Promise<Draft[]> {
  const { connection, files, ports } = session;
  const milliseconds = ports.bounds.unit;
  const late = new Error(
    `it takes longer than ${milliseconds / 1_000} s; narrow the devices or metrics of what is declared, or of fieldlake:insights.rollUps`,
  );
  const end = performance.now() + milliseconds;
  const inTime = (): void => {
    if (performance.now() > end) throw late;
  };
  const timer = setTimeout(() => connection.interrupt(), milliseconds);
  try {
    await files.bring([...unit.sources, ...unit.history] as CloudPart[]);
    inTime();
    const sources: Part[] = [];
    for (const part of unit.sources)
      sources.push(unit.kind === "hour" ? await described(part, connection, files) : part);
    return await computeUnit(
      { ...unit, sources },
      ports.tenant,
      ports.declaration,
      engineOf(session, inTime),
    );
  } catch (error) {
    inTime();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function engineOf({ connection, folder, files, ports }: Session, inTime: () => void): InsightEngine<Draft> {
  const scan = (of: readonly Pick<Part, "sha256">[]): string => {
    const list = of.map((part) => quoteText(files.pathOf(part))).join(", ");
    return `(SELECT * FROM read_parquet([${list}], union_by_name = true, hive_partitioning = false))`;
  };
  return {
    scan,
    scanWritten: (draft) => scan([draft]),
    async *rows(sql) {
      const result = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        for (const row of chunk.getRows()) {
          // What is made of a series is no statement that could be interrupted.
          inTime();
          yield row;
        }
      }
    },
    async write(table: TableSchema, select, { from, to }) {
      const path = join(folder, "draft.parquet");
      const written = await connection.runAndReadAll(
        `COPY (${select}) TO ${quoteText(path)}
         (FORMAT parquet, COMPRESSION ${ports.codec.toLowerCase()}, ROW_GROUP_SIZE ${groupRows})`,
      );
      const content = await readFile(path);
      const sha256 = createHash("sha256").update(content).digest("hex");
      await rename(path, files.pathOf({ sha256 }));
      files.hold(sha256, content.length);
      const rows = Number(written.getRows()[0]?.[0]);
      return { table: table.name, rows, sha256, content, minTs: from, maxTs: to - 1 };
    },
  };
}

/** A file of devices' rows with what it says of itself: columns, and how many rows. Roll-ups are our own. */
async function described(part: Part, connection: DuckDBConnection, files: WorkingFolder): Promise<Part> {
  const path = quoteText(files.pathOf(part));
  const columns = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${path})`);
  const names = columns.getRows().map(([name]) => quoteIdentifier(String(name)));
  const counted = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${path})`);
  return { ...part, shape: names.join(", "), rows: Number(counted.getRows()[0]?.[0]) };
}
