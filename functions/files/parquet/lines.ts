/** Rows of a Parquet file as the records that a device of the profile would have logged: a line each, JSON or CSV. */
import { isoMicros } from "../../core/instant.ts";
import { timeUnits } from "../../core/normalise/time.ts";
import type { MappedTime } from "../../core/profiles/mapping.ts";
import type { Profile } from "../../core/profiles/profile.ts";
import { ParquetRefusal } from "./guard.ts";

/** The value of a column; of a column of times nanoseconds since 1970, a BigInt. */
export type Row = (column: string) => unknown;

export interface LineWriter {
  /** What comes before the first record, line ends included. */
  readonly head: string;
  line(row: Row): string;
}

/** Throws {@link ParquetRefusal} where devices of the profile log no records with names. */
export function lineWriter(
  profile: Profile,
  columns: readonly string[],
  times: ReadonlySet<string>,
): LineWriter {
  switch (profile.format) {
    case "json":
    case "ndjson":
      return { head: "", line: jsonLines(columns, times, profile.time ?? null) };
    case "csv": {
      const { delimiter = ",", decimal = ".", skip = 0, time, encoding, columns: named } = profile;
      if (encoding === "windows-1252")
        throw new ParquetRefusal(
          `texts of Parquet are UTF-8; the profile ${profile.name} reads windows-1252`,
        );
      const order = named ?? columns;
      const line = csvLines(order, times, delimiter, decimal, time ?? null);
      const hasHead = profile.header ?? named === undefined;
      return { head: "\n".repeat(skip) + (hasHead ? line((name) => name) : ""), line };
    }
    default:
      throw new ParquetRefusal(
        `Parquet is read for devices that log json, ndjson or csv; the profile ${profile.name} is ${profile.format}`,
      );
  }
}

function jsonLines(
  columns: readonly string[],
  times: ReadonlySet<string>,
  time: MappedTime | null,
): LineWriter["line"] {
  const keys = columns.map((name) => `${JSON.stringify(name)}:`);
  const cell = (value: unknown, name: string): string => {
    if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
    if (typeof value === "bigint") {
      if (!times.has(name)) return String(value);
      const text = timeText(value, name, time);
      return isCount(name, time) ? text : JSON.stringify(text);
    }
    return JSON.stringify(plain(value));
  };
  return (row) => {
    const cells: string[] = [];
    columns.forEach((name, index) => {
      const value = row(name);
      if (value !== null && value !== undefined) cells.push(keys[index] + cell(value, name));
    });
    return `{${cells.join(",")}}\n`;
  };
}

function csvLines(
  columns: readonly string[],
  times: ReadonlySet<string>,
  delimiter: string,
  decimal: string,
  time: MappedTime | null,
): LineWriter["line"] {
  const cell = (value: unknown, name: string): string => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value).replace(".", decimal);
    if (typeof value === "bigint" && times.has(name))
      return timeText(value, name, time).replace(".", isCount(name, time) ? decimal : ".");
    const other = plain(value);
    return typeof other === "object" ? JSON.stringify(other) : String(other);
  };
  const quoted = (text: string): string =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return (row) => `${columns.map((name) => quoted(cell(row(name), name))).join(delimiter)}\n`;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** Whether the profile takes the column as a count since 1970. */
const isCount = (name: string, time: MappedTime | null): boolean =>
  time !== null && time.path === name && time.unit in timeUnits;

/** As the profile reads its time column; of others RFC 3339. */
function timeText(nanoseconds: bigint, name: string, time: MappedTime | null): string {
  if (time?.path === name && time.unit === "pattern")
    throw new ParquetRefusal(
      `the column ${name} has times; the profile reads texts by the pattern ${time.pattern}`,
    );
  if (time?.path === name && time.unit !== "iso" && time.unit !== "pattern")
    return decimalOf(nanoseconds, { s: 9, ms: 6, us: 3, ns: 0 }[time.unit]);
  const micros = nanoseconds / 1_000n - (nanoseconds % 1_000n < 0n ? 1n : 0n);
  const rest = String(nanoseconds - micros * 1_000n).padStart(3, "0");
  return rest === "000" ? isoMicros(Number(micros)) : isoMicros(Number(micros)).replace("Z", `${rest}Z`);
}

/** A count of billionths as one of larger units, digit by digit. */
function decimalOf(nanoseconds: bigint, digits: number): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const text = String(nanoseconds < 0n ? -nanoseconds : nanoseconds).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, "");
  return sign + whole + (fraction === "" ? "" : `.${fraction}`);
}
