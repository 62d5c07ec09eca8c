/**
 * A statement as DuckDB's own parser reads it: what it names, and whether somebody may ask it who must not see
 * everything. What is not known to be harmless is refused: tables and functions by lists of what is allowed.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { QueryError } from "../reader.ts";
import { computingFunctions, tableFunctions } from "./functions.ts";

type Node = Readonly<Record<string, unknown>>;

/** One statement's tree; null where it is no SELECT, which DuckDB's serializer does not take. */
export async function parse(connection: DuckDBConnection, sql: string): Promise<Node | null> {
  const reader = await connection.runAndReadAll(
    "SELECT json_serialize_sql($1::VARCHAR, skip_null := false, skip_empty := false)",
    [sql],
  );
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as Node;
  if (tree["error"] !== false) return null;
  const statements = tree["statements"] as readonly Node[];
  if (statements.length === 1) return statements[0] ?? null;
  throw new QueryError(`received ${statements.length} statements; allowed: one query`);
}

/** Names of the tables that it reads, lower case, names of its own `WITH` among them. */
export function tablesOf(tree: Node): ReadonlySet<string> {
  return new Set(referencesOf(tree));
}

/** As {@link tablesOf}, each as often as it is named. */
export function referencesOf(tree: Node): readonly string[] {
  const named = nodesOf(tree).filter(({ type }) => type === "BASE_TABLE");
  return named.map((node) => textOf(node["table_name"]).toLowerCase());
}

const queryNodes = ["SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"];
const sources = [
  "BASE_TABLE",
  "SUBQUERY",
  "JOIN",
  "TABLE_FUNCTION",
  "EXPRESSION_LIST",
  "EMPTY",
  "PIVOT",
  "SHOW_REF",
];
const expressions = [
  ...[
    "COLUMN_REF",
    "CONSTANT",
    "FUNCTION",
    "WINDOW",
    "COMPARISON",
    "CONJUNCTION",
    "CAST",
    "CASE",
    "OPERATOR",
  ],
  ...["BETWEEN", "SUBQUERY", "STAR", "LAMBDA", "LAMBDA_REF", "COLLATE", "POSITIONAL_REFERENCE", "TYPE"],
];

/** Of a `WITH`: nothing that could name a file, and nothing that the engine has or will have. */
const ownName =
  /^(?!(rows|series|labelled|label|frames|pg|duckdb|sqlite|pragma|information)_)[a-z_][a-z0-9_]*$/i;

/**
 * Throws {@link QueryError} unless the statement reads nothing but `views`, without a word about what lies behind them.
 * @param views lower case
 */
export async function judge(
  connection: DuckDBConnection,
  tree: Node,
  views: ReadonlySet<string>,
): Promise<void> {
  const nodes = nodesOf(tree);
  const own = new Set(nodes.flatMap(ownNames).map((name) => checkedOwn(name, views)));
  const functions = await computingFunctions(connection);
  const called = new Set(
    nodes.filter(({ type }) => type === "TABLE_FUNCTION").map((node) => node["function"]),
  );
  for (const node of nodes) {
    const type = textOf(node["type"]);
    if (typeof node["class"] === "string") {
      if (!expressions.includes(node["class"])) refuse(`an expression of type ${node["class"]}`);
      if ("function_name" in node && !called.has(node)) checkFunction(node, functions);
    } else if (type.endsWith("_NODE")) {
      if (!queryNodes.includes(type)) refuse(`a query of type ${type}`);
    } else if ("sample" in node && "alias" in node) {
      if (!sources.includes(type)) refuse(`a source of type ${type}`);
      checkSource(node, type, views, own);
    }
  }
}

function checkSource(node: Node, type: string, views: ReadonlySet<string>, own: ReadonlySet<string>): void {
  if (type === "BASE_TABLE") {
    const name = textOf(node["table_name"]);
    const path = [node["catalog_name"], node["schema_name"], name].map(textOf).filter((part) => part !== "");
    const isKnown =
      /^[a-z0-9_]+$/i.test(name) && (views.has(name.toLowerCase()) || own.has(name.toLowerCase()));
    if (path.length === 1 && isKnown && node["at_clause"] === null) return;
    throw new QueryError(
      `received the table ${JSON.stringify(path.join("."))}; allowed: ${[...views].toSorted().join(", ")}, by these names alone`,
    );
  }
  if (type === "TABLE_FUNCTION") {
    const called = node["function"] as Node;
    const name = textOf(called["function_name"]);
    if (called["class"] === "FUNCTION" && isUnqualified(called) && tableFunctions.has(name.toLowerCase()))
      return;
    throw new QueryError(
      `received the table function ${JSON.stringify(name)}; allowed: ${[...tableFunctions].join(", ")}`,
    );
  }
  if (type === "SHOW_REF" && (node["query"] === null || textOf(node["table_name"]) !== "")) {
    refuse("SHOW", "DESCRIBE of a table or a query");
  }
}

function checkFunction(node: Node, functions: ReadonlySet<string>): void {
  const name = textOf(node["function_name"]);
  if (isUnqualified(node) && functions.has(name.toLowerCase())) return;
  refuse(`the function ${JSON.stringify(name)}`, "functions that only compute, by their names alone");
}

const isUnqualified = (node: Node): boolean =>
  textOf(node["schema"]) === "" && textOf(node["catalog"]) === "";

/** Names that a `WITH` gives. */
function ownNames(node: Node): string[] {
  const entries = (node["cte_map"] as { readonly map?: readonly Node[] } | undefined)?.map ?? [];
  const names = entries.map((entry) => textOf(entry["key"]));
  return ["cte_name", "ctename"].reduce(
    (all, key) => (key in node ? [...all, textOf(node[key])] : all),
    names,
  );
}

function checkedOwn(name: string, views: ReadonlySet<string>): string {
  if (ownName.test(name) && !views.has(name.toLowerCase())) return name.toLowerCase();
  throw new QueryError(
    `received ${JSON.stringify(name)} as a name of WITH; allowed: letters, digits and _, and no name of the lake's own`,
  );
}

function refuse(received: string, allowed = "queries of the lake's views"): never {
  throw new QueryError(`received ${received}; allowed: ${allowed}`);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Every object of the tree, parents first; a list, because statements can be nested deeper than a stack of calls. */
function nodesOf(tree: Node): readonly Node[] {
  const nodes: Node[] = [];
  const waiting: unknown[] = [tree];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (value === null || typeof value !== "object") continue;
    if (!Array.isArray(value)) nodes.push(value as Node);
    for (const inner of Object.values(value)) if (typeof inner === "object") waiting.push(inner);
  }
  return nodes;
}
