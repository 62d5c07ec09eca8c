/** The messages of a portion as tables of DuckDB, and as the joins that find their rows. */
import { DuckDBTimestampTZValue, type DuckDBConnection } from "@duckdb/node-api";
import { quarantineTable, type TableSchema } from "../../functions/core/table.ts";
import type { ReplayedMessages } from "./replayed.ts";

const tables: Readonly<Record<keyof ReplayedMessages, string>> = {
  live: "device_id VARCHAR, arrival TIMESTAMPTZ",
  others: "device_id VARCHAR, arrival TIMESTAMPTZ, codec VARCHAR",
  kept: "device_id VARCHAR, arrival TIMESTAMPTZ, msg_id BLOB, channel VARCHAR, payload VARCHAR",
  named:
    "device_id VARCHAR, arrival TIMESTAMPTZ, msg_id BLOB, lane VARCHAR, channel VARCHAR, payload VARCHAR",
  bytes: "device_id VARCHAR, arrival TIMESTAMPTZ, channel VARCHAR, payload VARCHAR",
};

/** Takes the place of the portion before. */
export async function putKeys(connection: DuckDBConnection, messages: ReplayedMessages): Promise<void> {
  for (const [name, columns] of Object.entries(tables)) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE replay_${name} (${columns})`);
    const appender = await connection.createAppender(`replay_${name}`);
    for (const row of unique(messages[name as keyof ReplayedMessages])) {
      for (const value of row) {
        if (typeof value === "number") appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(value)));
        else if (typeof value === "string") appender.appendVarchar(value);
        else appender.appendBlob(value);
      }
      appender.endRow();
    }
    appender.closeSync();
  }
}

type Key = readonly (string | number | Uint8Array)[];

/** A join must not double a row. */
function unique(rows: readonly Key[]): Iterable<Key> {
  const text = (value: Key[number]) =>
    typeof value === "object" ? Buffer.from(value).toString("hex") : value;
  return new Map(rows.map((row) => [JSON.stringify(row.map(text)), row])).values();
}

export interface Found {
  readonly joins: string;
  /** Holds for the rows, of `o`, that came of the messages; never null. */
  readonly isTheirs: string;
}

/**
 * Rows of a table that came of the messages. The joins compare columns of both sides alone: with a condition on one side,
 * DuckDB 1.5 compares each row with each message.
 */
export function rowsOfKeys({ name }: TableSchema): Found {
  if (name === quarantineTable.name)
    return {
      joins: `LEFT JOIN replay_bytes b ON b.device_id = o.device_id AND b.arrival = o.received_at
        AND b.channel = o.channel AND b.payload = sha256(o.payload)`,
      isTheirs: "b.device_id IS NOT NULL",
    };
  const at = (key: string) => `${key}.device_id = o.device_id AND ${key}.arrival = o.ingest_ts`;
  return {
    joins: `LEFT JOIN replay_live l ON ${at("l")}
      LEFT JOIN replay_others x ON ${at("x")} AND x.codec = o.codec
      LEFT JOIN replay_kept k ON ${at("k")} AND k.msg_id = o.msg_id
      LEFT JOIN replay_named n ON ${at("n")} AND n.msg_id = o.msg_id`,
    isTheirs: `(n.device_id IS NOT NULL OR
      (o.lane = 'live' AND l.device_id IS NOT NULL AND x.device_id IS NULL AND k.device_id IS NULL))`,
  };
}

/** So that files and row groups of other times are not read. */
export async function arrivalOfKeys(connection: DuckDBConnection): Promise<string> {
  const reader = await connection.runAndReadAll(
    "SELECT epoch_us(min(arrival)), epoch_us(max(arrival)) FROM (FROM replay_bytes SELECT arrival)",
  );
  const [from, to] = (reader.getRows()[0] ?? []).map((value) => (value === null ? "0" : String(value)));
  return `BETWEEN make_timestamptz(${from}) AND make_timestamptz(${to})`;
}
