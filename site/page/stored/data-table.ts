/** A plain table of finished cells. */
import { element } from "../lib/dom.ts";

export interface DataColumn {
  readonly label: string;
  readonly isNumber?: boolean;
}

/** On narrow screens each row becomes a block, its cells named by `data-label`. */
export function dataTable(
  name: string,
  columns: readonly DataColumn[],
  rows: readonly (readonly (string | HTMLElement)[])[],
): HTMLTableElement {
  const classOf = (index: number) => (columns[index]?.isNumber === true ? { class: "number" } : {});
  return element(
    "table",
    // Style sheets may lay a table out as blocks; the roles keep it a table for those who hear it.
    { class: "table", attributes: { role: "table", "aria-label": name } },
    element(
      "thead",
      { attributes: { role: "rowgroup" } },
      element(
        "tr",
        { attributes: { role: "row" } },
        ...columns.map(({ label }, index) =>
          element("th", { ...classOf(index), attributes: { scope: "col", role: "columnheader" } }, label),
        ),
      ),
    ),
    element(
      "tbody",
      { attributes: { role: "rowgroup" } },
      ...rows.map((row) =>
        element(
          "tr",
          { attributes: { role: "row" } },
          ...row.map((cell, index) =>
            element(
              "td",
              { ...classOf(index), attributes: { "data-label": columns[index]?.label, role: "cell" } },
              cell,
            ),
          ),
        ),
      ),
    ),
  );
}
