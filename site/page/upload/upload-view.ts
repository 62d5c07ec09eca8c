/** Files that devices logged, brought in by hand: dropped or chosen, sent one by one, each with what became of it. */
import { announce } from "../lib/announce.ts";
import { isAbort, RefusedError } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import { panel } from "../lib/panel.ts";
import { destinationFields } from "./destination.ts";
import { FileError, transfer, type Destination } from "./transfer.ts";
import { uploadApi } from "./upload-api.ts";
import { uploadEntry } from "./upload-entry.ts";

export function uploadView({ live }: PageContext): View {
  const destination = destinationFields((error) => live.failed(error));
  const list = element("ul", { class: "uploads" });
  /** One file at a time: what is sent at once shares one line anyway. */
  let turn: Promise<void> = Promise.resolve();

  const add = (file: File, to: Destination): void => {
    const given = new AbortController();
    const entry = uploadEntry(file, {
      cancel: () => given.abort(),
      again() {
        entry.element.remove();
        add(file, to);
      },
    });
    list.prepend(entry.element);
    turn = turn.then(async () => {
      try {
        given.signal.throwIfAborted();
        const report = await transfer(file, to, uploadApi, (now) => entry.progress(now), given.signal);
        entry.done(report);
        announce(`${file.name} is taken`);
      } catch (error) {
        entry.failed(reasonOf(error));
        announce(`${file.name} is not taken`);
      }
    });
  };
  /** Dropped before it was said whose they are. */
  let held: readonly File[] = [];
  const sendHeld = element("button", {
    class: "button button-primary",
    attributes: { type: "button", hidden: true },
    on: { click: () => send(held) },
  });
  const send = (files: readonly File[]): void => {
    if (files.length === 0) return;
    const to = destination.value();
    held = to === null ? files : [];
    sendHeld.hidden = to !== null;
    setText(sendHeld, `Send ${counted(held.length, "file")}`);
    if (to !== null) for (const file of files) add(file, to);
  };

  const chooser = element("input", {
    class: "visually-hidden",
    attributes: { type: "file", multiple: true, tabindex: -1, "aria-hidden": true },
    on: {
      change: () => {
        send([...(chooser.files ?? [])]);
        chooser.value = "";
      },
    },
  });
  const zone = element(
    "div",
    { class: "drop" },
    element("p", {}, "Drop log files here"),
    element(
      "button",
      {
        class: "button button-primary",
        attributes: { type: "button" },
        on: { click: () => chooser.click() },
      },
      "Choose files",
    ),
    element(
      "p",
      { class: "hint" },
      "JSON by lines, CSV, frames back to back; gzip, zstd and Parquet too. Interrupted, the same file goes on where it was.",
    ),
    sendHeld,
    chooser,
  );
  const made = panel({ title: "Upload", name: "upload" }, destination.element, zone, list);

  // Beside the zone a drop would have the browser leave the page for the file.
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    setAttribute(zone, "data-over", true);
  };
  const out = (event: DragEvent): void => {
    if (event.relatedTarget === null) setAttribute(zone, "data-over", null);
  };
  const drop = (event: DragEvent): void => {
    if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    setAttribute(zone, "data-over", null);
    send([...event.dataTransfer.files]);
  };
  return {
    element: element("div", { class: "view upload-view" }, made.element),
    show({ parameters }) {
      const device = parameters.get("device");
      if (device !== null) destination.choose(device);
      addEventListener("dragover", over);
      addEventListener("dragleave", out);
      addEventListener("drop", drop);
    },
    hide() {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", out);
      removeEventListener("drop", drop);
    },
  };
}

function reasonOf(error: unknown): string {
  if (isAbort(error)) return "Cancelled; the same file goes on where it was";
  if (error instanceof RefusedError || error instanceof FileError) return error.message;
  throw error;
}
