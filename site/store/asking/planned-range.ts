/**
 * The time that a question is about, as DuckDB's own plan has it: conditions on `ts` that the optimizer moved down to the
 * files. Read out of the plan's text, of which everything that is not exactly known counts as no condition at all.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { QueryOptions } from "../../ports.ts";

/** Microseconds; rows before `from` and from `to` on don't matter. */
export interface PlannedRange {
  readonly from: number;
  readonly to: number;
}

interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info: { readonly Filters?: string | readonly string[] };
}

/** `now()` moves on between the plan that is read and the one that is run. */
const slackMicros = 60_000_000;

const bound =
  /^(?:ts|received_at)(>=|>|<=|<|=|!=)'(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00'::TIMESTAMP WITH TIME ZONE$/;

/**
 * Of a SELECT whose plan would read the files of `scans` table references; `null` where any of them is read without
 * condition, or where the plan does not have all of them: then it may have taken an answer out of the files' statistics.
 */
export async function plannedRange(
  connection: DuckDBConnection,
  sql: string,
  parameters: QueryOptions["parameters"] = [],
  scans: number,
): Promise<PlannedRange | null> {
  const nodes = await planOf(connection, sql, parameters);
  const ranges = nodes.filter(({ name }) => name.trim() === "READ_PARQUET").map(rangeOf);
  if (ranges.length !== scans || scans === 0) return null;
  const from = Math.min(...ranges.map((range) => range.from));
  const to = Math.max(...ranges.map((range) => range.to));
  if (from === -Infinity && to === Infinity) return null;
  return { from: from - slackMicros, to: to + slackMicros };
}

/** Nothing for a statement that can't be planned: running it tells why. */
async function planOf(
  connection: DuckDBConnection,
  sql: string,
  parameters: NonNullable<QueryOptions["parameters"]>,
): Promise<PlanNode[]> {
  try {
    const prepared = await connection.prepare(`EXPLAIN (FORMAT json) ${sql}`);
    if (parameters.length > 0) prepared.bind([...parameters]);
    const reader = await prepared.runAndReadAll();
    const nodes = JSON.parse(String(reader.getRows()[0]?.[1])) as PlanNode[];
    for (const { children } of nodes) nodes.push(...children);
    return nodes;
  } catch {
    return [];
  }
}

function rangeOf({ extra_info: { Filters: filters = [] } }: PlanNode): PlannedRange {
  const range = { from: -Infinity, to: Infinity };
  for (const filter of typeof filters === "string" ? [filters] : filters) {
    const parts = filter.split(" AND ").map((part) => bound.exec(part));
    if (parts.includes(null)) continue;
    for (const part of parts) {
      const [, comparison = "", date = "", time = "", fraction = ""] = part ?? [];
      const micros = Date.parse(`${date}T${time}Z`) * 1000 + Number(fraction.padEnd(6, "0"));
      if ([">", ">=", "="].includes(comparison)) range.from = Math.max(range.from, micros);
      if (["<", "<=", "="].includes(comparison)) range.to = Math.min(range.to, micros + 1);
    }
  }
  return range;
}
