/** Reports of the environment: make one, see which there are, carry them off. */
import type { ReportList } from "../../console/api.ts";
import { announce } from "../lib/announce.ts";
import { ask, post } from "../lib/api.ts";
import type { PageContext } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted, formatBytes } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { timeElement } from "../lib/time-element.ts";
import { dataTable } from "./data-table.ts";

const intervalMs = 3_000;

export interface ReportsPanel {
  readonly element: HTMLElement;
  show(): void;
  hide(): void;
}

export function reportsPanel({ live }: Pick<PageContext, "live">): ReportsPanel {
  let watch: Watch | null = null;
  let shown = "";
  const notice = new Notice();
  const status = element("p", { class: "statement", attributes: { role: "status" } });
  const table = element("div", { class: "reports" });
  const button = element(
    "button",
    { class: "button", attributes: { type: "button" }, on: { click: () => void make() } },
    "Make one now",
  );
  const made = panel({ title: "Reports", name: "reports", actions: [button] }, status, table, notice.element);

  const make = async (): Promise<void> => {
    button.disabled = true;
    announce("A report is being made");
    try {
      render(await post<ReportList>("reports", {}));
    } catch (error) {
      button.disabled = false;
      if (!live.failed(error)) notice.fail(error);
    }
  };

  const render = ({ now: _, ...answer }: ReportList): void => {
    const { making, failure, reports } = answer;
    button.disabled = making;
    const received = JSON.stringify(answer);
    if (received === shown) return;
    shown = received;
    setText(made.note, counted(reports.length, "report"));
    replace(status, ...inWords(answer));
    replace(table, reports.length > 0 && reportTable(reports));
    if (failure !== null) notice.show(failure);
    else if (reports.length === 0) notice.show("No report yet");
    else notice.hide();
  };

  return {
    element: made.element,
    show() {
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<ReportList>("reports", {}, signal));
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      watch?.stop();
      watch = null;
    },
  };
}

function inWords({ schedule, nextAt, making }: Omit<ReportList, "now">): (string | HTMLElement)[] {
  if (making) return ["One is being made."];
  if (schedule === null || nextAt === null) return ["Made when somebody asks; no schedule is set."];
  return [`Made ${schedule}; the next one `, timeElement(nextAt), "."];
}

const reportTable = (reports: ReportList["reports"]): HTMLElement =>
  dataTable(
    "Reports",
    [{ label: "Made" }, { label: "Why" }, { label: "Looks back" }, { label: "Save" }],
    reports.map(({ id, madeAt, dueAt, days, html, pdf }) => [
      timeElement(madeAt),
      dueAt === null ? "asked for" : "on schedule",
      counted(days, "day"),
      element("div", { class: "report-links" }, link(id, "pdf", pdf), link(id, "html", html)),
    ]),
  );

const link = (id: string, form: "html" | "pdf", bytes: number): HTMLElement =>
  element(
    "a",
    {
      class: "link",
      attributes: { href: `/api/reports/file?${new URLSearchParams({ id, form })}`, download: true },
    },
    `${form.toUpperCase()}, ${formatBytes(bytes)}`,
  );
