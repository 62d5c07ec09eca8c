/** The answer to a statement, as a table. */
import type { QueryAnswer } from "../../console/api.ts";
import { copyText, saveFile } from "../lib/carry-off.ts";
import { textOf, toCsv } from "../../csv.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted, formatDuration, formatSpan } from "../lib/format.ts";
import { icon } from "../lib/icons.ts";
import { panel } from "../lib/panel.ts";
import { typeText } from "./type-text.ts";

export interface AnswerPanel {
  readonly element: HTMLElement;
  wait(): void;
  show(answer: QueryAnswer): void;
  fail(message: string): void;
}

/** Characters of a cell that are drawn; all of them are in the copy. */
const shownCharacters = 400;

const numeric = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U[A-Z]+INT|FLOAT|DOUBLE|DECIMAL.*)$/;

export function queryAnswer(): AnswerPanel {
  let current: QueryAnswer | null = null;
  const csv = (): string =>
    current === null
      ? ""
      : toCsv(
          current.columns.map(({ name }) => name),
          current.rows,
        );
  const copy = element(
    "button",
    { class: "button", attributes: { type: "button" }, on: { click: () => void copyText(csv(), copyLabel) } },
    icon("copy"),
  );
  const copyLabel = element("span", {}, "Copy CSV");
  copy.append(copyLabel);
  const save = element(
    "button",
    {
      class: "button",
      attributes: { type: "button" },
      on: { click: () => saveFile("fieldlake-query.csv", new Blob([csv()], { type: "text/csv" })) },
    },
    icon("download"),
    element("span", {}, "Save CSV"),
  );
  const content = element("div", { class: "answer" });
  const made = panel({ title: "Answer", name: "answer", actions: [copy, save] }, content);
  const settle = (answer: QueryAnswer | null, note: string, ...children: HTMLElement[]): void => {
    current = answer;
    copy.disabled = save.disabled = answer === null;
    setText(made.note, note);
    replace(content, ...children);
    content.removeAttribute("aria-busy");
  };
  settle(
    null,
    "",
    element("p", { class: "quiet" }, "Ctrl+Enter runs the statement. At most 1,000 rows are shown."),
  );
  return {
    element: made.element,
    wait: () => content.setAttribute("aria-busy", "true"),
    show: (answer) => settle(answer, noteOf(answer), answerTable(answer)),
    fail: (message) =>
      settle(
        null,
        "",
        element(
          "div",
          { class: "query-error", attributes: { role: "alert" } },
          icon("warning"),
          element("pre", {}, message),
        ),
      ),
  };
}

function noteOf({ rows, truncated, milliseconds }: QueryAnswer): string {
  const time = milliseconds < 60_000 ? formatSpan(milliseconds) : formatDuration(milliseconds);
  return `${truncated ? "first " : ""}${counted(rows.length, "row")} · ${time}`;
}

function answerTable({ columns, rows }: QueryAnswer): HTMLElement {
  const kinds = columns.map(({ type }) => (numeric.test(type) ? { class: "number" } : {}));
  const head = columns.map(({ name, type }, index) =>
    element(
      "th",
      { ...kinds[index], attributes: { scope: "col" } },
      element("span", {}, name),
      element("span", { class: "type" }, typeText(type)),
    ),
  );
  const body = rows.map((row) =>
    element("tr", {}, ...row.map((value, index) => element("td", kinds[index] ?? {}, cell(value)))),
  );
  return element(
    "div",
    { class: "scroller", attributes: { tabindex: 0, role: "region", "aria-label": "Answer, table" } },
    element(
      "table",
      { class: "table mono" },
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...body),
    ),
    rows.length === 0 && element("p", { class: "quiet" }, "No row."),
  );
}

function cell(value: unknown): string | HTMLElement {
  if (value === null || value === undefined) return element("span", { class: "null" }, "null");
  const text = textOf(value);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}
