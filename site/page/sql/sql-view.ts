/** SQL over the lake: a box, the names it may use, an answer to read, copy or save. */
import type { QueryAnswer, QueryRequest, Schema } from "../../console/api.ts";
import { announce } from "../lib/announce.ts";
import { ask, isAbort, post } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, setAttribute } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import { icon } from "../lib/icons.ts";
import { Notice, panel } from "../lib/panel.ts";
import { examples } from "./examples.ts";
import { queryAnswer } from "./query-answer.ts";
import { renderSchema } from "./schema-list.ts";
import { statementExport } from "./statement-export.ts";
import { statementRange } from "./statement-range.ts";

const maxRows = 1000;

export function sqlView({ live, router }: PageContext): View {
  let underWay: AbortController | null = null;
  let isSchemaKnown = false;
  const notice = new Notice();
  const editor = element("textarea", {
    class: "editor mono",
    attributes: {
      "aria-label": "SQL statement",
      spellcheck: "false",
      autocapitalize: "off",
      rows: 6,
      maxlength: 65_536,
    },
    on: {
      keydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void run();
      },
      input: () => note(),
    },
  });
  const runButton = element(
    "button",
    {
      class: "button button-primary",
      attributes: { type: "button", title: "Ctrl+Enter or ⌘+Enter" },
      on: { click: () => void run() },
    },
    icon("play"),
    "Run",
  );
  const choice = element(
    "select",
    {
      attributes: { "aria-label": "Example statements" },
      on: {
        change: () => {
          const example = examples[Number(choice.value)];
          choice.value = "";
          if (example !== undefined) setStatement(example.sql);
        },
      },
    },
    element("option", { attributes: { value: "" } }, "Examples"),
    ...examples.map(({ title }, index) => element("option", { attributes: { value: index } }, title)),
  );
  const schemaBody = element("div", { class: "scroller schema", attributes: { tabindex: -1 } });
  const answer = queryAnswer();
  const range = statementRange();
  const failed = (error: unknown): void =>
    answer.fail(live.failed(error) ? "The site did not answer." : (error as Error).message);
  const exporting = statementExport({
    asked: () => (editor.value.trim() === "" ? null : { sql: editor.value, ...range.value() }),
    failed,
  });
  const statement = panel(
    {
      title: "SQL",
      name: "statement",
      actions: [
        range.element,
        exporting,
        element("div", { class: "select" }, choice, icon("down")),
        runButton,
      ],
    },
    editor,
  );
  const schema = panel({ title: "Tables and columns", name: "schema" }, schemaBody, notice.element);

  const note = (): void => {
    // A long statement does not belong into an address; a reload then starts afresh.
    const parameters = new URLSearchParams(editor.value.length <= 2000 ? { q: editor.value } : {});
    router.note(parameters);
  };
  const setStatement = (sql: string): void => {
    editor.value = sql;
    note();
    editor.focus();
  };
  const insert = (name: string): void => {
    editor.setRangeText(name, editor.selectionStart, editor.selectionEnd, "end");
    note();
    editor.focus();
  };
  const run = async (): Promise<void> => {
    if (editor.value.trim() === "") return editor.focus();
    underWay?.abort();
    const controller = new AbortController();
    underWay = controller;
    setAttribute(runButton, "aria-busy", true);
    answer.wait();
    try {
      const asked: QueryRequest = { sql: editor.value, maxRows, ...range.value() };
      const received = await post<QueryAnswer>("query", asked, controller.signal);
      answer.show(received);
      announce(`${counted(received.rows.length, "row")}`);
    } catch (error) {
      if (!isAbort(error)) failed(error);
    } finally {
      if (underWay === controller) setAttribute(runButton, "aria-busy", null);
    }
  };
  const loadSchema = async (): Promise<void> => {
    try {
      renderSchema(schemaBody, await ask<Schema>("schema"), insert);
      isSchemaKnown = true;
      notice.hide();
    } catch (error) {
      if (!live.failed(error)) notice.fail(error);
    }
  };

  live.onChange(() => {
    if (live.state === "live" && !isSchemaKnown && view.isConnected) void loadSchema();
  });
  const view = element("div", { class: "view sql-view" }, schema.element, statement.element, answer.element);
  return {
    element: view,
    show({ parameters }) {
      const wanted = parameters.get("q");
      if (wanted !== null && wanted !== editor.value) editor.value = wanted;
      if (editor.value === "") editor.value = examples[0]?.sql ?? "";
      if (!isSchemaKnown) void loadSchema();
    },
    hide() {
      underWay?.abort();
    },
  };
}
