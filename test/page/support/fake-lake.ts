/**
 * A lake with the views, types and answers of the real one, in DuckDB's memory: 24 hours of room sensors, an hour of
 * 10 Hz frames, a few of everything else. The same shape in every run; times count back from `now`.
 */
import { DuckDBInstance, DuckDBTypeId, type DuckDBConnection } from "@duckdb/node-api";
import type { LakeReader, LakeStats, QueryOptions, QueryResult } from "../../../site/ports.ts";
import { fakeQuarantine } from "./fake-quarantine.ts";
import { fakeTables } from "./fake-tables.ts";

export interface FakeLake extends LakeReader {
  /** Every statement that was asked, with its parameters, oldest first. */
  readonly asked: readonly { sql: string; parameters: QueryOptions["parameters"] }[];
  close(): void;
}

export interface FakeLakeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** No rows, no files, nothing in quarantine. */
  readonly empty?: boolean;
  /** Adds a device whose names, values and quarantined messages are markup. */
  readonly hostile?: boolean;
}

export async function openFakeLake({
  now,
  empty = false,
  hostile = false,
}: FakeLakeOptions): Promise<FakeLake> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const statement of fakeTables({ now, empty, hostile })) await connection.run(statement);
  const quarantined = empty ? [] : fakeQuarantine(now, hostile);
  for (const { reason } of quarantined) await connection.run("INSERT INTO quarantine VALUES ($1)", [reason]);
  const stats = await readStats(connection, quarantined.length);
  const asked: FakeLake["asked"][number][] = [];
  return {
    asked,
    query(sql, options = {}) {
      asked.push({ sql, parameters: options.parameters });
      return query(instance, sql, options);
    },
    exportParquet: () => Promise.reject(new Error("the page exports nothing")),
    flush: async () => undefined,
    stats: async () => stats,
    async quarantine({ limit, before }) {
      const start = before === undefined ? 0 : quarantined.findIndex(({ id }) => id === before) + 1;
      return quarantined.slice(start, start + limit);
    },
    close: () => connection.closeSync(),
  };
}

const reading = /^\s*(select|with|from|values|describe|summarize|explain)\b/i;

async function query(
  instance: DuckDBInstance,
  sql: string,
  { parameters = [], maxRows = 10_000 }: QueryOptions,
): Promise<QueryResult> {
  if (!reading.test(sql)) throw new Error("allowed: one statement that reads (SELECT …)");
  // One each: a second statement on a connection ends the first one's stream.
  const connection = await instance.connect();
  try {
    return await read(connection, sql, parameters, maxRows);
  } finally {
    connection.closeSync();
  }
}

async function read(
  connection: DuckDBConnection,
  sql: string,
  parameters: NonNullable<QueryOptions["parameters"]>,
  maxRows: number,
): Promise<QueryResult> {
  const began = performance.now();
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Error(`received ${statements.count} statements; allowed: one`);
  const statement = await statements.prepare(0);
  if (statement.parameterCount !== parameters.length) {
    throw new Error(
      `received ${parameters.length} parameters; the statement has ${statement.parameterCount}`,
    );
  }
  statement.bind([...parameters]);
  const reader = await statement.streamAndReadUntil(maxRows + 1);
  const types = reader.columnTypes();
  const raw = reader.getRows();
  const rows = reader
    .getRowsJson()
    .slice(0, maxRows)
    .map((row, index) =>
      row.map((value, column) => {
        const blob = raw[index]?.[column];
        if (types[column]?.typeId !== DuckDBTypeId.BLOB || blob === null) return value;
        return Buffer.from((blob as { bytes: Uint8Array }).bytes).toString("hex");
      }),
    );
  return {
    columns: reader.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
    rows,
    truncated: raw.length > maxRows,
    milliseconds: Math.round((performance.now() - began) * 10) / 10,
  };
}

async function readStats(connection: DuckDBConnection, quarantined: number): Promise<LakeStats> {
  const groups = async (sql: string): Promise<[string, number, number, number][]> => {
    const rows = await (await connection.runAndReadAll(sql)).getRowsJson();
    return rows.map(([name, files, rowCount, bytes]) => [
      String(name),
      Number(files),
      Number(rowCount),
      Number(bytes),
    ]);
  };
  const zones = await groups("SELECT zone, count(*), sum(rows), sum(bytes) FROM files GROUP BY 1");
  const tables = await groups(
    "SELECT \"table\", count(*), sum(rows), sum(bytes) FROM files WHERE zone <> 'raw' GROUP BY 1 ORDER BY 1",
  );
  const rows = tables.reduce((sum, [name, , count]) => sum + (name === "readings" ? count : 0), 0);
  const frames = tables.reduce((sum, [name, , count]) => sum + (name.startsWith("frames_") ? count : 0), 0);
  return {
    zones: (["raw", "curated", "quarantine"] as const).map((zone) => {
      const [, files = 0, , bytes = 0] = zones.find(([name]) => name === zone) ?? [];
      return { zone, files, bytes };
    }),
    tables: tables.map(([table, files, rowCount, bytes]) => ({ table, files, rows: rowCount, bytes })),
    pipeline: {
      messages: Math.round(frames / 4 + rows / 3) + quarantined,
      rows,
      frames,
      quarantined,
      duplicates: rows > 0 ? 214 : 0,
    },
  };
}
