/** The environment's resources and how each is protected: on the way, at rest, under which key. */
import type { EnvironmentView as Environment } from "../../console/api.ts";
import type { EnvironmentResource } from "../../ports.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import { icon, type IconName } from "../lib/icons.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { connectionsPanel } from "./connections-panel.ts";
import { dataTable } from "./data-table.ts";
import { reportsPanel } from "./reports-panel.ts";

/** It changes only with the site's settings. */
const intervalMs = 30_000;

export function environmentView(context: PageContext): View {
  const { live } = context;
  let watch: Watch | null = null;
  let shown = "";
  const reports = reportsPanel(context);
  const notice = new Notice();
  const table = element("div", { class: "resources" });
  const statement = element("p", { class: "statement" });
  const made = panel(
    { title: "Resources and their encryption", name: "resources" },
    statement,
    table,
    notice.element,
  );

  const render = (environment: Environment): void => {
    const received = JSON.stringify(environment);
    if (received === shown) return;
    shown = received;
    const { name, target, resources } = environment;
    setText(made.note, `${name} on ${target}`);
    setText(statement, summarise(resources));
    replace(table, resources.length > 0 && resourceTable(resources));
    if (resources.length > 0) notice.hide();
    else notice.show("No resource is listed", "`npm start` sets up the environment and lists them here.");
  };
  return {
    element: element(
      "div",
      { class: "view environment-view" },
      made.element,
      connectionsPanel(context),
      reports.element,
    ),
    show() {
      reports.show();
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<Environment>("environment", {}, signal));
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      reports.hide();
      watch?.stop();
      watch = null;
    },
  };
}

function summarise(resources: readonly EnvironmentResource[]): string {
  const stored = resources.filter(({ atRest }) => atRest !== null);
  const travelling = resources.filter(({ inTransit }) => inTransit !== null);
  const keys = new Set(resources.flatMap(({ keyId }) => keyId ?? []));
  if (resources.length === 0) return "";
  return (
    `${counted(resources.length, "resource")}: ${stored.length} encrypted at rest under ` +
    `${counted(keys.size, "key")}, ${travelling.length} protected on the way.`
  );
}

const resourceTable = (resources: readonly EnvironmentResource[]): HTMLElement =>
  dataTable(
    "Resources and their encryption",
    [
      { label: "Component" },
      { label: "Resource" },
      { label: "On the way" },
      { label: "At rest" },
      { label: "Key" },
    ],
    resources.map(({ component, name, detail, inTransit, atRest, keyId }) => [
      component,
      element(
        "div",
        {},
        element("strong", {}, name),
        element("span", { class: "quiet resource-detail" }, detail),
      ),
      protection("shield", inTransit, "nothing travels"),
      protection("lock", atRest, "nothing stored"),
      keyId === null
        ? element("span", { class: "quiet" }, "–")
        : element("span", { class: "mono key", attributes: { title: keyId } }, keyId),
    ]),
  );

function protection(drawing: IconName, state: string | null, absent: string): HTMLElement {
  return state === null
    ? element("span", { class: "quiet" }, absent)
    : element("span", { class: "protection" }, icon(drawing), element("span", {}, state));
}
