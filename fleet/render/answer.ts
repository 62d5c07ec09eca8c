/** A query's answer as a table, as JSON or as CSV. */
import type { QueryColumn, QueryResult } from "../../site/ports.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";
import { cellText } from "./text.ts";

/** DuckDB's types that are numbers. */
export const numericTypes = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/;

export function answerTable(answer: QueryResult, terminal: Terminal): string {
  const columns = answer.columns.map(({ name, type }) => ({
    title: name,
    align: numericTypes.test(type) ? ("right" as const) : ("left" as const),
  }));
  const rows = answer.rows.map((row) => row.map((value) => (value === null ? "NULL" : cellText(value))));
  return renderTable(columns, rows, terminal, (text, row, column) =>
    answer.rows[row]?.[column] === null ? terminal.style("faint", text) : text,
  );
}

/**
 * An array of objects, a row a line. 64-bit integers and timestamps are texts: JSON's numbers don't hold the former
 * and it knows nothing of the latter.
 */
export function answerJson(answer: QueryResult): string {
  const names = uniqueNames(answer.columns);
  const lines = answer.rows.map((row) =>
    JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))),
  );
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

/**
 * RFC 4180: a header, CRLF, quotes only where needed. NULL is an empty field, an empty text is `""`; in a single
 * column NULL is `""` too, because readers skip empty lines.
 */
export function answerCsv(answer: QueryResult): string {
  const lines = [
    answer.columns.map(({ name }) => csvField(name)),
    ...answer.rows.map((row) => row.map(csvField)),
  ];
  return lines.map((fields) => `${fields.join(",") || '""'}\r\n`).join("");
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = cellText(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `a`, `a_1`, `a_2` for three columns `a`: an object holds each name once. */
function uniqueNames(columns: readonly QueryColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let suffix = 1; taken.has(unique); suffix++) unique = `${name}_${suffix}`;
    taken.add(unique);
    return unique;
  });
}
