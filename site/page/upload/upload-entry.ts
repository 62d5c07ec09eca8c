/** A file in the list: how far it is, what became of it, and where to look at it. */
import type { UploadReport } from "../../console/api.ts";
import { saveFile } from "../lib/carry-off.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted, formatBytes, formatCount } from "../lib/format.ts";
import { formatRoute } from "../lib/route.ts";
import type { Progress } from "./transfer.ts";

export interface UploadEntry {
  readonly element: HTMLLIElement;
  /** What is being done. */
  progress(now: Progress): void;
  done(report: UploadReport): void;
  failed(reason: string): void;
}

const phases: Readonly<Record<Progress["phase"], string>> = {
  reading: "Reading",
  sending: "Sending",
  waiting: "The site is away or busy: goes on by itself",
  taking: "Making rows of it",
};

export function uploadEntry(
  { name, size }: File,
  { cancel, again }: { readonly cancel: () => void; readonly again: () => void },
): UploadEntry {
  const state = element("p", { class: "upload-state" }, "Waiting for its turn");
  const bar = element("progress", {
    attributes: { max: Math.max(1, size), "aria-label": `Upload of ${name}` },
  });
  const result = element("div", { class: "upload-result" });
  const button = (label: string, click: () => void) =>
    element(
      "button",
      { class: "button", attributes: { type: "button", "aria-label": `${label}: ${name}` }, on: { click } },
      label,
    );
  const actions = element("div", { class: "upload-actions" }, button("Cancel", cancel));
  const made = element(
    "li",
    { class: "upload", attributes: { "data-state": "waiting" } },
    element(
      "div",
      { class: "upload-what" },
      element("span", { class: "upload-name" }, name),
      element("span", { class: "upload-size" }, formatBytes(size)),
    ),
    state,
    bar,
    result,
    actions,
  );
  const end = (kind: "done" | "failed", text: string): void => {
    made.dataset["state"] = kind;
    bar.remove();
    setText(state, text);
  };
  return {
    element: made,
    progress({ phase, done }) {
      made.dataset["state"] = "sending";
      const share = size === 0 ? 0 : Math.floor((100 * done) / size);
      setText(
        state,
        phase === "reading" || phase === "sending" ? `${phases[phase]} ${share} %` : phases[phase],
      );
      if (phase === "taking" || phase === "waiting") bar.removeAttribute("value");
      else bar.value = done;
    },
    done(report) {
      end("done", summaryOf(report));
      replace(result, ...remarksOf(report).map((remark) => element("p", {}, remark)));
      replace(
        actions,
        report.span !== null &&
          element("a", { class: "button", attributes: { href: seriesOf(report) } }, "See its rows"),
        (report.quarantined ?? 0) > 0 &&
          element(
            "a",
            { class: "button", attributes: { href: formatRoute("quarantine") } },
            "See quarantine",
          ),
        button("Manifest", () =>
          saveFile(
            `upload-${report.sha256.slice(0, 12)}.json`,
            new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: "application/json" }),
          ),
        ),
      );
    },
    failed(reason) {
      end("failed", reason);
      replace(actions, button("Try again", again));
    },
  };
}

function summaryOf({ messages, known, rows, profile }: UploadReport): string {
  if (messages === 0) return "Taken: no record is in it";
  const news = messages - (known ?? 0);
  const made = rows === null ? "" : `, ${counted(rows, "row")}`;
  return `Taken by ${profile}: ${formatCount(news)} new of ${counted(messages, "message")}${made}`;
}

function remarksOf(report: UploadReport): readonly string[] {
  const { known, quarantined, firstQuarantined, undated, firstUndated } = report;
  const { unreadable, firstUnreadable, clockJumps, firstClockJump } = report;
  return [
    known ? `${counted(known, "message")} known before` : null,
    firstQuarantined === null
      ? null
      : `${counted(quarantined ?? 0, "message")} in quarantine, the first for ${firstQuarantined}`,
    firstUndated === null
      ? null
      : `${counted(undated ?? 0, "message")} without a time that can be read: now is taken for it; the first at ${firstUndated}`,
    firstUnreadable === null
      ? null
      : `${counted(unreadable, "stretch", "stretches")} that are no record, the first at ${firstUnreadable}`,
    firstClockJump === null
      ? null
      : `${counted(clockJumps ?? 0, "jump")} of the device's clock, the first at ${firstClockJump}`,
  ].filter((remark) => remark !== null);
}

/** The device's series in the time that the file is about, with a little beside it. */
function seriesOf({ deviceId, span }: UploadReport): string {
  const [from, to] = [(span?.from ?? 0) / 1000, (span?.to ?? 0) / 1000];
  const margin = Math.max(1000, (to - from) * 0.02);
  return formatRoute(
    "fleet",
    new URLSearchParams({
      device: deviceId,
      from: String(Math.floor(from - margin)),
      to: String(Math.ceil(to + margin)),
    }),
  );
}
