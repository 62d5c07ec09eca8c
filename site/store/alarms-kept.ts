/** The table `alarms` inside DuckDB: as the book of alarms is, in memory, for questions alone. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { alarmsTable, type AlarmRow } from "../../functions/alarms/alarms-table.ts";
import { duckdbType, quoteIdentifier, type Column } from "../../functions/core/table.ts";
import type { Engine } from "./engine.ts";

const kept = "memory.main.kept_alarms";
const ofConnection = "temp.main.kept_alarms";

/** The rows, with the columns of the table. */
export const alarmsSelect = `SELECT * FROM ${kept}`;
export const alarmsOfConnection = `SELECT * FROM ${ofConnection}`;

const columns = alarmsTable.columns
  .map((column) => `${quoteIdentifier(column.name)} ${duckdbType(column)}`)
  .join(", ");

export async function makeRoomForAlarms({ main }: Engine): Promise<void> {
  await main.run(`CREATE TABLE IF NOT EXISTS ${kept} (${columns})`);
}

/** All rows in place of the former ones: a question sees either. */
export async function keepAlarms(engine: Engine, tenant: string, rows: readonly AlarmRow[]): Promise<void> {
  // One of its own: the main connection may be in the middle of something else.
  const connection = await engine.connect();
  try {
    await connection.run("BEGIN");
    await connection.run(`DELETE FROM ${kept}`);
    await insert(connection, kept, tenant, rows);
    await connection.run("COMMIT");
  } finally {
    connection.closeSync();
  }
}

/** For the questions of one connection. */
export async function bringAlarms(
  connection: DuckDBConnection,
  tenant: string,
  rows: readonly AlarmRow[],
): Promise<void> {
  await connection.run(`CREATE TEMP TABLE kept_alarms (${columns})`);
  await insert(connection, ofConnection, tenant, rows);
}

/** What rules and people wrote is a parameter, never text of a statement. */
async function insert(
  connection: DuckDBConnection,
  table: string,
  tenant: string,
  rows: readonly AlarmRow[],
): Promise<void> {
  const names = alarmsTable.columns.map(valueOf).join(", ");
  await connection.run(
    `INSERT INTO ${table} SELECT ${names} FROM (SELECT unnest(from_json(?::JSON, '[${JSON.stringify(shape)}]')) AS row)`,
    [JSON.stringify(rows.map((row) => ({ ...row, tenant })))],
  );
}

/** As JSON has it: times are whole numbers, bytes are hex. */
const shape = Object.fromEntries(
  alarmsTable.columns.map(({ name, type }) => [
    name,
    type === "timestamp" ? "BIGINT" : type === "double" ? "DOUBLE" : type === "int32" ? "INTEGER" : "VARCHAR",
  ]),
);

function valueOf({ name, type }: Column): string {
  if (type === "timestamp") return `make_timestamptz(row.${name})`;
  return type === "bytes" ? `unhex(row.${name})` : `row.${name}`;
}
