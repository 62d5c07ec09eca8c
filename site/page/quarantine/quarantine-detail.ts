/** One quarantined message whole: what is known of it, and its bytes. */
import type { QuarantineItem } from "../../console/api.ts";
import { copyText, saveFile } from "../lib/carry-off.ts";
import { element, replace } from "../lib/dom.ts";
import { counted, formatTime, formatUtc } from "../lib/format.ts";
import { bytesOf, hexDump } from "../lib/hex.ts";
import { Notice, panel } from "../lib/panel.ts";
import { timeElement } from "../lib/time-element.ts";

export interface QuarantineDetail {
  readonly element: HTMLElement;
  /** @param isMissing an entry was asked for that is not among those on screen */
  show(entry: QuarantineItem | null, isMissing: boolean): void;
}

export function quarantineDetail(): QuarantineDetail {
  let shown: QuarantineItem | null = null;
  const notice = new Notice();
  const copy = element(
    "button",
    {
      class: "button",
      attributes: { type: "button" },
      on: { click: () => void copyText(shown?.payload ?? "", copy) },
    },
    "Copy hex",
  );
  const save = element(
    "button",
    {
      class: "button",
      attributes: { type: "button" },
      on: { click: () => shown !== null && savePayload(shown) },
    },
    "Save bytes",
  );
  const content = element("div", { class: "detail" });
  const made = panel({ title: "Message", name: "message", actions: [copy, save] }, content, notice.element);
  return {
    element: made.element,
    show(entry, isMissing) {
      copy.disabled = save.disabled = entry === null || entry.payload === "";
      if (entry === null) {
        replace(content);
        if (isMissing)
          notice.show("This message is not among the newest", "Load older ones, or choose another.");
        else notice.hide();
      } else {
        notice.hide();
        if (shown?.id !== entry.id || content.childElementCount === 0) replace(content, ...describe(entry));
      }
      shown = entry;
    },
  };
}

function describe(entry: QuarantineItem): HTMLElement[] {
  const fields: readonly (readonly [string, string | HTMLElement])[] = [
    ["Reason", element("span", { class: "reason" }, entry.reason)],
    ["Detail", entry.detail],
    ["Device", element("span", { class: "mono" }, entry.device)],
    ["Channel", element("span", { class: "mono" }, entry.channel)],
    ["Received", received(entry.received)],
    ["Decoder", entry.codec === "" ? "none" : `${entry.codec}, version ${entry.codecVersion}`],
    ["Payload", counted(entry.payload.length / 2, "byte")],
  ];
  return [
    element(
      "dl",
      { class: "fields" },
      ...fields.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    ),
    entry.payload === ""
      ? element("p", { class: "quiet" }, "The payload is empty.")
      : element(
          "pre",
          {
            class: "dump",
            attributes: { tabindex: 0, role: "region", "aria-label": "Payload, hexadecimal and ASCII" },
          },
          hexDump(entry.payload, isNarrow() ? 8 : 16),
        ),
  ];
}

const isNarrow = (): boolean => matchMedia("(max-width: 599px)").matches;

function received(time: number): HTMLElement {
  const made = timeElement(time);
  made.textContent = formatTime(time);
  return element("span", {}, made, element("span", { class: "quiet" }, ` · ${formatUtc(time)}`));
}

function savePayload({ device, received: time, payload }: QuarantineItem): void {
  const name = `${device.replace(/[^a-z0-9_-]+/gi, "_").slice(0, 64)}-${new Date(time).toISOString().replace(/[:.]/g, "-")}.bin`;
  saveFile(name, new Blob([bytesOf(payload)], { type: "application/octet-stream" }));
}
