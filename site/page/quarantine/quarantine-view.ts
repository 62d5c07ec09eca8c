/** Messages that could not be decoded: newest first, why, and their bytes. */
import type { Quarantine, QuarantineItem } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, reconcile, setAttribute, setText } from "../lib/dom.ts";
import { formatCount } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { createEntry, updateEntry } from "./quarantine-entry.ts";
import { quarantineDetail } from "./quarantine-detail.ts";
import { renderReasons } from "./quarantine-reasons.ts";

const intervalMs = 3000;
const pageSize = 20;

export function quarantineView({ live, router, summary }: PageContext): View {
  let watch: Watch | null = null;
  let chosen: string | null = null;
  let entries: readonly QuarantineItem[] = [];
  let next: string | null = null;
  /** The counter that the list on screen answers to: while it stands still there is nothing new. */
  let listedAt = -1;
  const notice = new Notice();
  const detail = quarantineDetail();
  const list = element("ul", {
    class: "entries",
    on: { keydown: (event: KeyboardEvent) => moveFocus(event, list) },
  });
  const older = element(
    "button",
    {
      class: "button older",
      attributes: { type: "button", hidden: true },
      on: { click: () => void loadOlder() },
    },
    "Older",
  );
  const made = panel(
    { title: "Quarantined messages", name: "quarantine" },
    element("div", { class: "scroller", attributes: { tabindex: -1 } }, list, older),
    notice.element,
  );
  const reasons = panel({ title: "Reasons", name: "reasons" });

  const choose = (id: string): void => {
    router.go("quarantine", new URLSearchParams({ entry: id }));
    if (matchMedia("(max-width: 899px)").matches) detail.element.scrollIntoView({ block: "start" });
  };
  const render = (): void => {
    const shown = entries.find(({ id }) => id === chosen) ?? (chosen === null ? entries[0] : undefined);
    reconcile(
      list,
      entries,
      ({ id }) => id,
      (entry) => createEntry(entry, choose),
      (item, entry) =>
        updateEntry(item, { isChosen: entry === shown, now: summary.now(), time: entry.received }),
    );
    older.hidden = next === null;
    detail.show(shown ?? null, chosen !== null && shown === undefined);
    if (entries.length > 0) notice.hide();
    else notice.show("Nothing in quarantine", "Every message so far could be decoded.");
  };
  const loadOlder = async (): Promise<void> => {
    if (next === null) return;
    setAttribute(older, "aria-busy", true);
    try {
      const page = await ask<Quarantine>("quarantine", { limit: pageSize, before: next });
      entries = [...entries, ...page.entries];
      next = page.next;
      render();
    } catch (error) {
      if (!live.failed(error)) notice.fail(error);
    } finally {
      setAttribute(older, "aria-busy", null);
    }
  };
  const refresh = async (signal: AbortSignal): Promise<void> => {
    const counter = summary.latest?.pipeline.quarantined ?? 0;
    if (counter === listedAt) return render();
    const page = await ask<Quarantine>("quarantine", { limit: pageSize }, signal);
    const fresh = new Set(page.entries.map(({ id }) => id));
    const kept = entries.filter(({ id }) => !fresh.has(id));
    // Older pages stay only where they follow on: otherwise there is a gap between them and the newest page.
    const isJoined = kept.length === entries.length ? entries.length === 0 : true;
    entries = isJoined ? [...page.entries, ...kept] : page.entries;
    if (!isJoined || kept.length === 0) next = page.next;
    listedAt = counter;
    const total = page.reasons.reduce((sum, { count }) => sum + count, 0);
    setText(made.note, total === 0 ? "" : formatCount(total));
    renderReasons(reasons.body, page.reasons);
    render();
  };

  return {
    element: element("div", { class: "view quarantine-view" }, reasons.element, made.element, detail.element),
    show({ parameters }) {
      chosen = parameters.get("entry");
      render();
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          await refresh(signal);
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

/** Up and down lead from entry to entry, as Tab does. */
function moveFocus(event: KeyboardEvent, list: HTMLElement): void {
  const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (direction === undefined) return;
  const buttons = [...list.querySelectorAll("button")];
  const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const there = buttons[here + direction];
  if (there === undefined) return;
  event.preventDefault();
  there.focus();
}
