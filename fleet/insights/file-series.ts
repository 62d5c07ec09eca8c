import { existsSync } from "node:fs";
import { extname } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { quoteIdentifier, quoteText } from "../../functions/core/table.ts";
import type { Sample } from "../../functions/insights/series.ts";
import { numericTypes } from "../render/answer.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";

export interface FileColumns {
  /** Column of the times; default: the first that holds times, else the one named like one. */
  readonly time?: string;
  /** Column of the values; default: the first other one that holds numbers. */
  readonly value?: string;
}

interface FileColumn {
  readonly name: string;
  readonly type: string;
}

const readers: Readonly<Record<string, string>> = {
  ".csv": "read_csv",
  ".tsv": "read_csv",
  ".txt": "read_csv",
  ".json": "read_json",
  ".ndjson": "read_json",
  ".jsonl": "read_json",
  ".parquet": "read_parquet",
};
const timeTypes = /^(TIMESTAMP|DATE)/;
const timeNames = /^(t|ts|time|date|datetime|timestamp|epoch)$/i;

/**
 * A series out of a CSV, JSON or Parquet file. Times are timestamps, or numbers: seconds since 1970, or milli-, micro- or
 * nanoseconds by their size. A file without times is read as one value a second.
 */
export async function samplesOfFile(file: string, columns: FileColumns): Promise<readonly Sample[]> {
  const reader = readers[extname(file).toLowerCase()];
  if (!reader)
    throw new CommandError(
      `${file} is in no form that is read; allowed: ${Object.keys(readers).join(", ")}`,
      exitCodes.usage,
    );
  if (!existsSync(file)) throw new CommandError(`there is no file ${file}`, exitCodes.usage);
  const instance = await DuckDBInstance.create(":memory:", { enable_external_access: "true" });
  const connection = await instance.connect();
  try {
    const from = `${reader}(${quoteText(file)})`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
    const known = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    const { time, value } = pick(known, columns, file);
    const when = time ? microsOf(time) : "(row_number() over () - 1) * 1000000";
    const rows = await connection.runAndReadAll(
      `SELECT CAST(${when} AS DOUBLE), CAST(${quoteIdentifier(value.name)} AS DOUBLE) FROM ${from}`,
    );
    return rows
      .getRows()
      .flatMap(([at, number]) =>
        at === null || number === null ? [] : [{ time: Number(at), value: Number(number) }],
      );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} can't be read: ${messageOf(error)}`, exitCodes.failed);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function pick(known: readonly FileColumn[], wanted: FileColumns, file: string) {
  const named = (name: string): FileColumn => {
    const found = known.find((column) => column.name === name);
    if (!found)
      throw new CommandError(
        `${file} has no column ${JSON.stringify(name)}; it has ${known.map((column) => column.name).join(", ")}`,
        exitCodes.usage,
      );
    return found;
  };
  const time =
    wanted.time !== undefined
      ? named(wanted.time)
      : (known.find(({ type }) => timeTypes.test(type)) ??
        known.find(({ name, type }) => timeNames.test(name) && numericTypes.test(type)));
  const value =
    wanted.value !== undefined
      ? named(wanted.value)
      : known.find((column) => column !== time && numericTypes.test(column.type));
  if (!value)
    throw new CommandError(
      `${file} has no column of numbers; it has ${known.map(({ name, type }) => `${name} (${type})`).join(", ")}`,
      exitCodes.usage,
      "--value names the column",
    );
  return { time, value };
}

function microsOf({ name, type }: FileColumn): string {
  const column = quoteIdentifier(name);
  if (timeTypes.test(type)) return `epoch_us(CAST(${column} AS TIMESTAMP))`;
  if (!numericTypes.test(type)) return `epoch_us(CAST(${column} AS TIMESTAMPTZ))`;
  return `CASE WHEN abs(${column}) < 1e11 THEN ${column} * 1e6 WHEN abs(${column}) < 1e14 THEN ${column} * 1e3
    WHEN abs(${column}) < 1e17 THEN ${column} ELSE ${column} / 1e3 END`;
}
