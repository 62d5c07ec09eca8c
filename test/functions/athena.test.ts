import { describe, expect, test } from "@jest/globals";
import {
  athenaViews,
  byDay,
  byHour,
  glueType,
  icebergMerge,
  icebergType,
  projection,
} from "../../functions/core/athena.ts";
import { duckdbType, readingsTable } from "../../functions/core/table.ts";

describe("Athena's words", () => {
  test("every column of the one row schema has a type in Glue and in Iceberg", () => {
    const types = readingsTable.columns.map((column) =>
      [duckdbType(column), glueType(column), icebergType(column)].join(" "),
    );
    expect([...new Set(types)].sort()).toEqual([
      "BIGINT bigint long",
      "BLOB string string",
      "BOOLEAN boolean boolean",
      "DOUBLE double double",
      "INTEGER int int",
      "SMALLINT smallint int",
      "TIMESTAMPTZ timestamp timestamptz",
      "TINYINT tinyint int",
      "VARCHAR string string",
    ]);
  });

  test("partitions are worked out, not listed", () => {
    expect(projection("s3://b/readings/", [byDay, byHour])).toEqual({
      EXTERNAL: "TRUE",
      "projection.enabled": "true",
      "projection.dt.type": "date",
      "projection.dt.format": "yyyy-MM-dd",
      "projection.dt.range": "2020-01-01,NOW+1DAYS",
      "projection.dt.interval": "1",
      "projection.dt.interval.unit": "DAYS",
      "projection.hr.type": "integer",
      "projection.hr.range": "0,23",
      "projection.hr.digits": "2",
      "storage.location.template": "s3://b/readings/dt=${dt}/hr=${hr}/",
    });
  });

  test("the views have the names that one machine has too, and cast every column to the type they declare", () => {
    const views = athenaViews();
    expect(views.map(({ name }) => name)).toEqual(["latest", "readings_once", "rows_per_minute"]);
    for (const { name, sql, columns } of views) {
      for (const column of columns)
        expect([name, sql]).toEqual([name, expect.stringContaining(` AS ${column.trino})`)]);
      expect(columns.length).toBe([...sql.matchAll(/CAST\(/g)].length);
    }
  });

  test("a merge looks at the last days, compares what may be absent too, and inserts every column", () => {
    const sql = icebergMerge('"c"."n"."readings"');
    expect(sql).toMatch(
      /^MERGE INTO "c"\."n"\."readings" t USING \(SELECT .* FROM readings_once WHERE dt >= /,
    );
    expect(sql).toContain("t.sub_device IS NOT DISTINCT FROM s.sub_device");
    for (const { name } of readingsTable.columns) expect(sql).toContain(`s.${name}`);
  });
});
