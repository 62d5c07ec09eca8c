/** The table `alarms` inside DuckDB: as the book of alarms is, in memory, for questions alone. */
import { alarmsTable, type AlarmRow } from "../../functions/alarms/alarms-table.ts";
import { duckdbType, quoteIdentifier, type Column } from "../../functions/core/table.ts";
import type { Engine } from "./engine.ts";

const kept = "memory.main.kept_alarms";

/** The rows, with the columns of the table. */
export const alarmsSelect = `SELECT * FROM ${kept}`;

export async function makeRoomForAlarms({ main }: Engine): Promise<void> {
  const columns = alarmsTable.columns.map(
    (column) => `${quoteIdentifier(column.name)} ${duckdbType(column)}`,
  );
  await main.run(`CREATE TABLE IF NOT EXISTS ${kept} (${columns.join(", ")})`);
}

/** All rows in place of the former ones: a question sees either. */
export async function keepAlarms(engine: Engine, tenant: string, rows: readonly AlarmRow[]): Promise<void> {
  // One of its own: the main connection may be in the middle of something else.
  const connection = await engine.connect();
  try {
    await connection.run("BEGIN");
    await connection.run(`DELETE FROM ${kept}`);
    const names = alarmsTable.columns.map(valueOf).join(", ");
    await connection.run(
      `INSERT INTO ${kept} SELECT ${names} FROM (SELECT unnest(from_json(?::JSON, '[${JSON.stringify(shape)}]')) AS row)`,
      [JSON.stringify(rows.map((row) => ({ ...row, tenant })))],
    );
    await connection.run("COMMIT");
  } finally {
    connection.closeSync();
  }
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
