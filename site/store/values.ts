import {
  DuckDBBlobValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";

/** 64-bit integers and timestamps as text, blobs as hex, everything structured as its text. */
export function jsonSafe(value: DuckDBValue): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue)
    return isoMicros(value.micros);
  return String(value);
}

/** RFC 3339 in UTC, with microseconds where there are any. */
function isoMicros(micros: bigint): string {
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 23);
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  return rest === 0n ? `${seconds}Z` : `${seconds}${String(rest).padStart(3, "0")}Z`;
}
