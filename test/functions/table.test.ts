import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  columnList,
  duckdbDdl,
  frameTable,
  readingsTable,
  reservedFrameColumns,
} from "../../functions/core/table.ts";

const frames = frameTable({
  name: "frames_wearable_imu",
  columns: [
    { name: "accel_x", unit: "m/s2" },
    { name: "gyro_x", unit: null },
  ],
});

describe("tables", () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:")).connect();
  });
  afterAll(() => connection.closeSync());

  test.each([readingsTable, frames])("DuckDB makes $name with the columns in order", async (table) => {
    await connection.run(duckdbDdl(table));
    const answer = await connection.runAndReadAll(
      `SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = '${table.name}' ORDER BY ordinal_position`,
    );
    expect(answer.getRowsJson()).toEqual(
      table.columns.map(({ name, nullable }) => [name, nullable ? "YES" : "NO"]),
    );
    await expect(connection.run(`SELECT ${columnList(table)} FROM ${table.name}`)).resolves.toBeDefined();
  });

  test("a table under another name, quoted whatever it is", async () => {
    await connection.run(duckdbDdl(readingsTable, 'stage"1'));
    await expect(connection.run('SELECT count(*) FROM "stage""1"')).resolves.toBeDefined();
  });

  test("the readings table has the columns of the design, types by what they hold", () => {
    const types = readingsTable.columns.map(
      ({ name, type, nullable }) => `${name} ${type}${nullable ? " null" : ""}`,
    );
    expect(types).toEqual([
      "tenant text",
      "device_id text",
      "sub_device text null",
      "ts timestamp",
      "ts_raw timestamp null",
      "ts_ns int16 null",
      "metric text",
      "value_double double null",
      "value_int int64 null",
      "value_bool bool null",
      "value_text text null",
      "value_bytes bytes null",
      "unit text null",
      "quality int8",
      "flags int32",
      "seq int64 null",
      "ingest_ts timestamp",
      "msg_id bytes",
      "lane text",
      "codec text",
      "codec_version text",
    ]);
  });

  test("axes of a frame table stand between its own columns, which no axis may be called", () => {
    const names = frames.columns.map(({ name }) => name);
    expect(names.filter((name) => !reservedFrameColumns.includes(name))).toEqual(["accel_x", "gyro_x"]);
    expect(reservedFrameColumns).toContain("seq");
  });
});
