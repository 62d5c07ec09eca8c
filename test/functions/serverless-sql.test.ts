/** The script for Synapse's serverless SQL, and files that its documented codecs cover. */
import { parquetMetadata } from "hyparquet";
import { expect, test } from "@jest/globals";
import { writeParquet } from "../../functions/adapters/parquet.ts";
import { summarise } from "../../functions/adapters/parquet-reader.ts";
import { readingsBlock } from "../../functions/core/columns.ts";
import { insightsTable } from "../../functions/declared-insights/tables.ts";
import { serverlessSql, serverlessSqlOfViews } from "../../functions/core/serverless-sql.ts";
import { parquetRows } from "./parquet-rows.ts";
import { pressReadings } from "../support/press-reading.ts";

const at = Date.UTC(2026, 10, 21, 7) * 1_000;
const reading = pressReadings(at);

const places = {
  curated: "https://acme.blob.core.windows.net/curated",
  quarantine: "https://acme'quarantine.blob.core.windows.net/quarantine",
  dailyTerabytes: 2,
};

test("is this script, which changes nothing when it is run again", () => {
  const script = serverlessSql(places);
  expect(script).toMatchSnapshot();
  // Every batch makes what is not there, or replaces a view.
  const batches = script.split("\nGO\n").filter((batch) => batch !== "");
  expect(batches.filter((batch) => !/^(EXEC sp_set|IF |USE |CREATE OR ALTER VIEW )/.test(batch))).toEqual([]);
  expect(script).toContain("N'https://acme''quarantine.blob");
});

test("Snappy files hold the same rows, and the functions read them", async () => {
  const block = readingsBlock(
    Array.from({ length: 500 }, (_, index) =>
      reading({ ts: at + index * 1_000_000, valueDouble: index / 7 }),
    ),
  );
  const order = Array.from({ length: block.rows }, (_, index) => index);
  const [zstd, snappy] = [writeParquet(block, order, "hex"), writeParquet(block, order, "hex", "SNAPPY")];
  const codecs = (bytes: Uint8Array): unknown[] => [
    ...new Set(
      parquetMetadata(new Uint8Array(bytes).buffer).row_groups.flatMap(({ columns }) =>
        columns.map(({ meta_data }) => meta_data?.codec),
      ),
    ),
  ];
  expect([codecs(zstd), codecs(snappy)]).toEqual([["ZSTD"], ["SNAPPY"]]);
  expect(await parquetRows([snappy], "*")).toEqual(await parquetRows([zstd], "*"));
  expect(await summarise(snappy, "readings")).toEqual(await summarise(zstd, "readings"));
});

test("tables of insights are views below their folder, every column by its name", () => {
  const script = serverlessSqlOfViews([insightsTable], "insights");
  expect(script).toMatch(/^USE fieldlake;\nGO\nCREATE OR ALTER VIEW \[insights\] AS\n/);
  expect(script).toContain("BULK N'insights/insights/dt=*/hr=*/*.parquet', DATA_SOURCE = N'curated'");
  for (const { name } of insightsTable.columns) expect(script).toContain(`\n    [${name}] `);
  expect(script.endsWith(") AS files;\nGO\n")).toBe(true);
});
