/** A plain table of finished cells. */
import { element, visuallyHidden } from "../lib/dom.ts";

export interface DataColumn {
  readonly label: string;
  readonly isNumber?: boolean;
}

/** On narrow screens each row becomes a block, its cells named by `data-label`. */
export function dataTable(
  caption: string,
  columns: readonly DataColumn[],
  rows: readonly (readonly (string | HTMLElement)[])[],
): HTMLTableElement {
  const classOf = (index: number) => (columns[index]?.isNumber === true ? { class: "number" } : {});
  return element(
    "table",
    { class: "table" },
    element("caption", {}, visuallyHidden(caption)),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...columns.map(({ label }, index) =>
          element("th", { ...classOf(index), attributes: { scope: "col" } }, label),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element(
          "tr",
          {},
          ...row.map((cell, index) =>
            element("td", { ...classOf(index), attributes: { "data-label": columns[index]?.label } }, cell),
          ),
        ),
      ),
    ),
  );
}
