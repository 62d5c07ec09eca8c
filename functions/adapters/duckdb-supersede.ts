/** DuckDB finds the rows that messages had in files of a lake, compares them with new ones, and writes files without them. */
import { DuckDBTimestampTZValue, type DuckDBConnection } from "@duckdb/node-api";
import { seqGap } from "../core/flags.ts";
import { quarantineTable, quoteIdentifier, quoteText, readingsTable } from "../core/table.ts";
import type { Lane } from "../core/model.ts";
import type { ReplayedKeys } from "../lake/replay-slice.ts";
import { rowsAsFile } from "./duckdb-copy.ts";
import type { DuckDbMergeOptions } from "./duckdb-merge.ts";

/** A file of the lake that lies on this machine. */
export interface LocalFile {
  readonly path: string;
}

export interface ComparedTable {
  readonly before: number;
  readonly after: number;
  /** Rows of `after` that say what one of `before` said, whatever codec and version they name. */
  readonly same: number;
  readonly isChanged: boolean;
}

const keyTables: Readonly<Record<keyof ReplayedKeys, string>> = {
  named: "device_id VARCHAR, arrival TIMESTAMPTZ, msg_id VARCHAR",
  live: "device_id VARCHAR, arrival TIMESTAMPTZ",
  others: "device_id VARCHAR, arrival TIMESTAMPTZ, codec VARCHAR",
  entries: "device_id VARCHAR, arrival TIMESTAMPTZ, channel VARCHAR",
};

/** Takes the place of the keys before. */
export async function putKeys(connection: DuckDBConnection, keys: ReplayedKeys): Promise<void> {
  for (const [name, columns] of Object.entries(keyTables)) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE replay_${name} (${columns})`);
    const appender = await connection.createAppender(`replay_${name}`);
    const rows = keys[name as keyof ReplayedKeys];
    // A join must not double a row.
    for (const row of new Map(rows.map((one) => [JSON.stringify(one), one])).values()) {
      for (const value of row) {
        if (typeof value === "number") appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(value)));
        else appender.appendVarchar(value);
      }
      appender.endRow();
    }
    appender.closeSync();
  }
}

const isQuarantine = (table: string): boolean => table === quarantineTable.name;

/**
 * Joins to `o`, and what holds for rows that came of the messages; never null. A condition on one side alone in a join would
 * make DuckDB 1.5 compare each row with each message.
 */
function theirs(table: string, lane: Lane): { readonly joins: string; readonly isTheirs: string } {
  const at = (key: string, arrival: string) =>
    `${key}.device_id = o.device_id AND ${key}.arrival = o.${arrival}::TIMESTAMPTZ`;
  if (isQuarantine(table))
    return {
      joins: `LEFT JOIN replay_entries e ON ${at("e", "received_at")} AND e.channel = o.channel`,
      isTheirs: `(o.lane = ${quoteText(lane)} AND e.device_id IS NOT NULL)`,
    };
  return {
    joins: `LEFT JOIN replay_named n ON ${at("n", "ingest_ts")} AND n.msg_id = o.msg_id::VARCHAR
      LEFT JOIN replay_live l ON ${at("l", "ingest_ts")}
      LEFT JOIN replay_others x ON ${at("x", "ingest_ts")} AND x.codec = o.codec`,
    isTheirs: `(o.lane = ${quoteText(lane)} AND (n.device_id IS NOT NULL OR
      (l.device_id IS NOT NULL AND x.device_id IS NULL)))`,
  };
}

const scanOf = (files: readonly LocalFile[]): string =>
  `read_parquet([${files.map(({ path }) => quoteText(path)).join(", ")}], union_by_name = true, hive_partitioning = false, filename = true)`;

/** What tells of the decoder and not of the value. */
const ofDecoder: ReadonlySet<string> = new Set(["codec", "codec_version", "msg_id", "flags"]);

/** A gap in a count is told by the message before, which the first one of a replay does not have. */
const valueOf = (column: string): string =>
  column === "flags" ? `o.flags & ~${seqGap}` : `o.${quoteIdentifier(column)}`;

/** Of some files, the paths of those that have rows of the messages. */
export async function formerFiles(
  connection: DuckDBConnection,
  table: string,
  lane: Lane,
  files: readonly LocalFile[],
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const { joins, isTheirs } = theirs(table, lane);
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT o.filename FROM ${scanOf(files)} o ${joins} WHERE ${isTheirs}`,
  );
  return new Set(found.getRows().map(([path]) => String(path)));
}

export async function compareTable(
  connection: DuckDBConnection,
  table: string,
  lane: Lane,
  files: readonly LocalFile[],
  fresh: readonly LocalFile[],
): Promise<ComparedTable> {
  const scan = scanOf([...files, ...fresh]);
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (filename) FROM ${scan}`);
  const columns = described.getRows().map(([name]) => String(name));
  const isFresh =
    fresh.length === 0 ? "false" : `o.filename IN (${fresh.map(({ path }) => quoteText(path)).join(", ")})`;
  const { joins, isTheirs } = theirs(table, lane);
  const counted = async (of: readonly string[]) => {
    const said = `hash(${of.map(valueOf).join(", ")})`;
    const {
      before = 0,
      after = 0,
      same = 0,
    } = await one(
      connection,
      `SELECT coalesce(sum(b), 0) AS before, coalesce(sum(a), 0) AS after, coalesce(sum(least(a, b)), 0) AS same FROM (
         SELECT ${said} AS said, count(*) FILTER (NOT ${isFresh} AND ${isTheirs}) AS b, count(*) FILTER (${isFresh}) AS a
         FROM ${scan} o ${joins} GROUP BY said)`,
    );
    return { before, after, same };
  };
  const whole = await counted(columns);
  const { same } = isQuarantine(table)
    ? whole
    : await counted(columns.filter((name) => !ofDecoder.has(name)));
  return { ...whole, same, isChanged: whole.same < Math.max(whole.before, whole.after) };
}

/** The file's rows but those of the messages; null where there are no others. */
export function withoutTheirs(
  connection: DuckDBConnection,
  table: string,
  lane: Lane,
  { path }: LocalFile,
  folder: string,
  options: Pick<DuckDbMergeOptions, "codec" | "version">,
): Promise<Uint8Array | null> {
  const { joins, isTheirs } = theirs(table, lane);
  const known = [readingsTable, quarantineTable].find(({ name }) => name === table);
  const order = (known?.sortBy ?? ["device_id", "ts"]).map((name) => `o.${quoteIdentifier(name)}`);
  const rest = `SELECT o.* FROM read_parquet(${quoteText(path)}, hive_partitioning = false) o ${joins}
    WHERE NOT ${isTheirs} ORDER BY ${order.join(", ")}`;
  return rowsAsFile(connection, rest, folder, options);
}

async function one(connection: DuckDBConnection, sql: string): Promise<Record<string, number>> {
  const reader = await connection.runAndReadAll(sql);
  const [row = {}] = reader.getRowObjects();
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}
