/** Which of DuckDB's functions a judged statement may call: those of its own catalogue that only compute. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** Of DuckDB's table functions: what makes rows of its arguments. */
export const tableFunctions: ReadonlySet<string> = new Set([
  "unnest",
  "range",
  "generate_series",
  "json_each",
  "json_tree",
  "repeat",
]);

/** Known to the parser only, and what differs from call to call without a word about anybody. */
const alsoAllowed = [
  ...[
    "unnest",
    "row_number",
    "rank",
    "rank_dense",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
    "lag",
  ],
  ...["lead", "first_value", "last_value", "nth_value", "fill", "count_star", "grouping", "grouping_id"],
  ...["random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"],
];

/** They tell about the engine, its settings and plans, or take what it made itself for granted. */
const refused = [
  ...["current_setting", "getvariable", "in_search_path", "get_block_size", "json_serialize_plan"],
  ...["parse_duckdb_log_message", "create_sort_key", "combine", "finalize", "cast_to_type"],
];

let known: Promise<ReadonlySet<string>> | undefined;

/** Lower case. The same for every connection: it depends on DuckDB's version only. */
export function computingFunctions(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  known ??= read(connection).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

/** `stats` and the like are volatile: it tells smallest and largest value of a whole file, whoever may see its rows. */
async function read(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const reader = await connection.runAndReadAll(`
    SELECT lower(function_name) FROM duckdb_functions()
    WHERE database_name = 'system' AND schema_name = 'main' AND function_type IN ('scalar', 'aggregate', 'macro')
    GROUP BY 1 HAVING bool_and(coalesce(stability, 'CONSISTENT') <> 'VOLATILE')`);
  const names = reader.getRows().map(([name]) => String(name));
  const computing = names.filter((name) => !name.startsWith("__internal") && !refused.includes(name));
  return new Set([...computing, ...alsoAllowed]);
}
