/** The names that a statement may use; a click writes one into it. */
import type { Schema } from "../../console/api.ts";
import { element, replace } from "../lib/dom.ts";
import { typeText } from "./type-text.ts";

/** Opened from the start: what most statements are about. */
const opened = "readings";

export function renderSchema(body: HTMLElement, { tables }: Schema, insert: (name: string) => void): void {
  const name = (text: string, label: string): HTMLButtonElement =>
    element(
      "button",
      {
        class: "link mono",
        attributes: { type: "button", "aria-label": `Insert ${label}` },
        on: { click: () => insert(quoted(text)) },
      },
      text,
    );
  replace(
    body,
    ...tables.map((table) =>
      element(
        "details",
        { attributes: { open: table.name === opened } },
        element("summary", { class: "mono" }, table.name),
        element(
          "ul",
          {},
          element(
            "li",
            {},
            name(table.name, `table ${table.name}`),
            element("span", { class: "quiet" }, "table"),
          ),
          ...table.columns.map((column) =>
            element(
              "li",
              {},
              name(column.name, `column ${column.name}`),
              element("span", { class: "quiet" }, typeText(column.type)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Quoted where SQL would not take the name as it is. */
const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !["rows", "table"].includes(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
