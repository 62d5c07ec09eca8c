/** Tables that fit the terminal: the widest columns give way first; where that is not enough, a record a block. */
import Table from "cli-table3";
import type { Terminal } from "../terminal.ts";
import { printable } from "./text.ts";

export interface TableColumn {
  readonly title: string;
  /** Numbers stand on the right. Default left. */
  readonly align?: "left" | "right";
}

type Styled = Pick<Terminal, "style" | "width">;

/** A column narrower than this tells nothing. */
const narrowest = 6;
/** Per column two spaces and a rule, and the last rule. */
const frame = (columns: number): number => 3 * columns + 1;

/**
 * Rows as a table. Cells are made printable: what a device sent can't steer the terminal. Cells may be styled
 * by `paint` after they were measured.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  terminal: Styled,
  paint: (text: string, row: number, column: number) => string = (text) => text,
): string {
  const cells = rows.map((row) => columns.map((_, index) => printable(row[index] ?? "")));
  const titles = columns.map(({ title }) => printable(title));
  const natural = titles.map((title, index) =>
    cells.reduce((width, row) => Math.max(width, length(row[index])), length(title)),
  );
  const widths = terminal.width === null ? natural : fit(natural, terminal.width - frame(columns.length));
  if (widths === null) return records(titles, cells, terminal);
  const table = new Table({
    head: titles.map((title, index) => terminal.style("strong", cut(title, widths[index]))),
    colAligns: columns.map(({ align }) => align ?? "left"),
    colWidths: widths.map((width) => width + 2),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...cells.map((row, y) => row.map((cell, x) => paint(cut(cell, widths[x]), y, x))));
  // cli-table3 leaves out the rule below the head together with those between rows: it is drawn here.
  const [top, head, ...rest] = table.toString().split("\n");
  const rule = `├${widths.map((width) => "─".repeat(width + 2)).join("┼")}┤`;
  return [top, head, ...(rows.length > 0 ? [rule] : []), ...rest].join("\n");
}

/** Widths that fit into `room`, `null` where even the narrowest don't. */
function fit(natural: readonly number[], room: number): readonly number[] | null {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) return null;
    const index = widths.lastIndexOf(widest);
    widths[index] = widest - 1;
    excess -= 1;
  }
  return widths;
}

/** One line a value, as for rows too wide for the terminal. */
function records(titles: readonly string[], cells: readonly (readonly string[])[], terminal: Styled): string {
  const margin = Math.max(...titles.map(length));
  const room = Math.max(narrowest, (terminal.width ?? Number.MAX_SAFE_INTEGER) - margin - 2);
  return cells
    .map((row, index) =>
      [
        terminal.style("faint", `── row ${index + 1}`),
        ...row.map(
          (cell, x) => `${terminal.style("strong", (titles[x] ?? "").padEnd(margin))}  ${cut(cell, room)}`,
        ),
      ].join("\n"),
    )
    .join("\n");
}

const length = (text = ""): number => [...text].length;

function cut(text: string, width = Number.MAX_SAFE_INTEGER): string {
  return length(text) <= width ? text : `${[...text].slice(0, width - 1).join("")}…`;
}
