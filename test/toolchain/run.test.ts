import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";

test("soaks and benchmarks run with the Node and the DuckDB extension that the tests have", () => {
  const { FIELDLAKE_DUCKDB_HTTPFS, ...env } = process.env;
  expect(existsSync(FIELDLAKE_DUCKDB_HTTPFS ?? "")).toBe(true);
  const print =
    "console.log(JSON.stringify([process.argv[1], process.version, process.env.FIELDLAKE_DUCKDB_HTTPFS]))";
  const printed = execFileSync(process.execPath, ["toolchain/run.mjs", "-e", print, "argument"], { env });
  expect(JSON.parse(printed.toString())).toEqual(["argument", process.version, FIELDLAKE_DUCKDB_HTTPFS]);
});
