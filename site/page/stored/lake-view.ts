/** What lies in the lake, and how much: zones, tables, the log in front of it, the newest files. */
import type { EnvironmentView, LakeFile, LakeView } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted, formatBytes, formatCount } from "../lib/format.ts";
import { icon } from "../lib/icons.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { timeElement } from "../lib/time-element.ts";
import { dataTable } from "./data-table.ts";
import { replayPanel } from "./replay-panel.ts";

const intervalMs = 5000;

const zoneTexts = {
  raw: "Messages as they were received",
  curated: "Decoded rows, ready for SQL",
  quarantine: "Messages that could not be decoded",
} as const;

export function lakeView({ live }: PageContext): View {
  let watch: Watch | null = null;
  let shown = "";
  const notice = new Notice();
  const zones = element("section", { class: "zones", attributes: { "aria-label": "Zones" } });
  const tables = panel({ title: "Tables", name: "tables" });
  const log = panel({ title: "Write-ahead log", name: "log" });
  const again = replayPanel({ live });
  const files = panel({ title: "Newest files", name: "files" }, notice.element);
  const fileTable = element("div", {
    class: "scroller",
    attributes: { tabindex: 0, role: "region", "aria-label": "Newest files, table" },
  });
  files.body.prepend(fileTable);

  const render = (lake: LakeView, { resources }: EnvironmentView): void => {
    // Most rounds bring nothing new: what somebody reads or selects then stays as it is.
    const received = JSON.stringify([lake, resources]);
    if (received === shown) return;
    shown = received;
    const largest = Math.max(1, ...lake.zones.map(({ bytes }) => bytes));
    replace(zones, ...lake.zones.map((zone) => zoneCard(zone, largest, protectionOf(zone.zone, resources))));
    setText(
      tables.note,
      counted(
        lake.tables.reduce((sum, { rows }) => sum + rows, 0),
        "row",
      ),
    );
    replace(tables.body, tableSizes(lake));
    replace(log.body, logFields(lake));
    replace(fileTable, newestFiles(lake.files));
    setText(files.note, lake.files.length === 0 ? "" : counted(lake.files.length, "file"));
    if (lake.files.length > 0) notice.hide();
    else notice.show("No file yet", "Rows are written to files within a minute of their arrival.");
  };
  return {
    element: element(
      "div",
      { class: "view lake-view" },
      zones,
      tables.element,
      log.element,
      again.element,
      files.element,
    ),
    show() {
      again.show();
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          const [lake, environment] = await Promise.all([
            ask<LakeView>("lake", {}, signal),
            ask<EnvironmentView>("environment", {}, signal),
          ]);
          render(lake, environment);
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      again.hide();
      watch?.stop();
      watch = null;
    },
  };
}

/** What the environment lists of a zone: `raw messages`, `curated rows`, `quarantine`. */
function protectionOf(zone: string, resources: EnvironmentView["resources"]): string | null {
  const found = resources.find(
    ({ component, name }) => component === "EncryptedLake" && name.split(" ")[0] === zone,
  );
  return found?.atRest ?? null;
}

function zoneCard(
  { zone, files, bytes }: LakeView["zones"][number],
  largest: number,
  protection: string | null,
): HTMLElement {
  const bar = element("span", { class: "share", attributes: { "aria-hidden": "true" } });
  bar.style.setProperty("--share", String(bytes / largest));
  return element(
    "div",
    { class: "zone" },
    element(
      "h2",
      {},
      element("span", {}, zone),
      protection !== null &&
        element("span", { class: "sealed" }, icon("lock"), element("span", {}, protection)),
    ),
    element("p", { class: "zone-size" }, formatBytes(bytes)),
    bar,
    element("p", { class: "quiet" }, `${counted(files, "file")} · ${zoneTexts[zone]}`),
  );
}

function tableSizes({ tables }: LakeView): HTMLElement {
  if (tables.length === 0) return element("p", { class: "quiet" }, "No table yet.");
  return dataTable(
    "Tables",
    [
      { label: "Table" },
      { label: "Rows", isNumber: true },
      { label: "Files", isNumber: true },
      { label: "Size", isNumber: true },
      { label: "Bytes a row", isNumber: true },
    ],
    tables.map(({ table, files, rows, bytes }) => [
      element("span", { class: "mono" }, table),
      formatCount(rows),
      formatCount(files),
      formatBytes(bytes),
      rows === 0 ? "–" : (bytes / rows).toFixed(1),
    ]),
  );
}

function logFields({ log, pipeline }: LakeView): HTMLElement {
  const fields: (readonly [string, string])[] = [
    ["Messages decoded", formatCount(pipeline.messages)],
    ["Repeats dropped", formatCount(pipeline.duplicates)],
  ];
  if (log !== null) {
    fields.unshift(
      ["Logged since the site started", formatCount(log.appended)],
      ["Not in files yet", formatCount(log.lag)],
    );
    fields.push(
      ["Open segments", `${formatCount(log.segments)}, ${formatBytes(log.bytes)}`],
      ["Damaged records", log.damaged === 0 ? "none" : formatCount(log.damaged)],
      ["Torn, never acknowledged", log.tornTail === 0 ? "none" : formatCount(log.tornTail)],
    );
  }
  return element(
    "dl",
    { class: "fields fields-numbers" },
    ...fields.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

function newestFiles(files: readonly LakeFile[]): HTMLElement {
  return dataTable(
    "Newest files",
    [
      { label: "Zone" },
      { label: "File" },
      { label: "Rows", isNumber: true },
      { label: "Size", isNumber: true },
      { label: "Oldest" },
      { label: "Newest" },
    ],
    files.map(({ zone, path, rows, bytes, from, to }) => [
      zone,
      element("span", { class: "mono path", attributes: { title: path } }, path),
      rows === null ? "–" : formatCount(rows),
      formatBytes(bytes),
      from === null ? "–" : timeElement(from),
      timeElement(to),
    ]),
  );
}
