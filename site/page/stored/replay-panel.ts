/** Stored messages through the decoder that is deployed now: see what would change, do it, see what was done. */
import type { Replay, ReplayRun } from "../../console/api.ts";
import { announce } from "../lib/announce.ts";
import { ask, post } from "../lib/api.ts";
import type { PageContext } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted, formatCount } from "../lib/format.ts";
import { icon } from "../lib/icons.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { timeElement } from "../lib/time-element.ts";
import { statementRange } from "../sql/statement-range.ts";
import { dataTable } from "./data-table.ts";

const intervalMs = 2000;
const shownChanges = 10;

export interface ReplayPanel {
  readonly element: HTMLElement;
  show(): void;
  hide(): void;
}

export function replayPanel({ live }: Pick<PageContext, "live">): ReplayPanel {
  let watch: Watch | null = null;
  let shown = "";
  const notice = new Notice();
  const codec = element("select", { attributes: { "aria-label": "Codec" } });
  const range = statementRange();
  const status = element("p", { class: "replay-status", attributes: { role: "status" } });
  const result = element("div", { class: "replay-result" });
  const begin = (dryRun: boolean, kind: string, text: string): HTMLButtonElement =>
    element(
      "button",
      {
        class: kind,
        attributes: { type: "button" },
        on: { click: () => void start(dryRun) },
      },
      text,
    );
  const preview = begin(true, "button", "See what would change");
  const run = begin(false, "button button-primary", "Decode again");
  const made = panel(
    { title: "Decode again", name: "replay" },
    element(
      "div",
      { class: "replay-form" },
      element("div", { class: "select" }, codec, icon("down")),
      range.element,
      preview,
      run,
    ),
    status,
    result,
    notice.element,
  );

  const start = async (dryRun: boolean): Promise<void> => {
    const from = range.value().from ?? 0;
    const body = { codec: codec.value, from: from * 1000, to: (Date.now() + 1000) * 1000, dryRun };
    try {
      await post<ReplayRun>("replay", body);
      notice.hide();
      announce(dryRun ? "Looking at what would change" : "Decoding again");
      watch?.refresh();
    } catch (error) {
      if (!live.failed(error)) notice.fail(error);
    }
  };

  const render = (answer: Replay): void => {
    const received = JSON.stringify(answer);
    if (received === shown) return;
    shown = received;
    const { codecs, run: last, lineage } = answer;
    if (codecs.join() !== [...codec.options].map(({ value }) => value).join())
      replace(codec, ...codecs.map((one) => element("option", { attributes: { value: one } }, one)));
    const isBusy = last?.state === "running";
    for (const button of [preview, run]) button.disabled = isBusy || codecs.length === 0;
    setText(made.note, counted(lineage.length, "change"));
    setText(status, last === null ? "Newer decoders read what was stored before them." : stateOf(last));
    replace(result, last !== null && last.counts.tables.length > 0 && tablesOf(last), changes(lineage));
  };

  return {
    element: made.element,
    show() {
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<Replay>("replay", {}, signal));
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

function stateOf({ codec, dryRun, state, bytes, totalBytes, counts, error }: ReplayRun): string {
  if (state === "failed") return `${codec}: failed: ${error ?? "no reason"}`;
  const share = totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);
  const progress = state === "running" ? `${share} % read, ` : "";
  const kept = counts.kept + counts.unidentified;
  const rest = [
    counts.fromQuarantine > 0 && `${formatCount(counts.fromQuarantine)} of them from the quarantine`,
    kept > 0 && `${formatCount(kept)} kept as they are`,
    counts.unreplayable > 0 && `${formatCount(counts.unreplayable)} in quarantine without a raw file`,
    counts.damaged > 0 && `${formatCount(counts.damaged)} unreadable`,
    ...counts.scores.map(({ model, after }) => `${counted(after, "window")} scored again by ${model}`),
    counts.changes === 0 && state === "done" && (dryRun ? "nothing would change" : "nothing changed"),
  ].filter((text) => text !== false);
  return [`${codec}: ${progress}${counted(counts.messages, "message")} decoded again`, ...rest].join(", ");
}

const tablesOf = ({ dryRun, counts }: ReplayRun): HTMLElement =>
  dataTable(
    dryRun ? "What would change" : "What changed",
    [
      { label: dryRun ? "Would change" : "Changed" },
      { label: "Rows before", isNumber: true },
      { label: "Rows after", isNumber: true },
      { label: "The same", isNumber: true },
    ],
    counts.tables.map(({ table, before, after, same }) => [
      element("span", { class: "mono" }, table),
      ...[before, after, same].map(formatCount),
    ]),
  );

function changes(lineage: Replay["lineage"]): HTMLElement | false {
  if (lineage.length === 0) return false;
  return dataTable(
    "Replays",
    [
      { label: "Replay" },
      { label: "Codec" },
      { label: "Messages", isNumber: true },
      { label: "Rows before", isNumber: true },
      { label: "Rows after", isNumber: true },
    ],
    lineage
      .slice(0, shownChanges)
      .map(({ run, codec, version, messages, before, after }) => [
        timeElement(run),
        element("span", { class: "mono" }, `${codec}@${version}`),
        ...[messages, before, after].map(formatCount),
      ]),
  );
}
