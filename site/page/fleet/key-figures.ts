/** The counters that tell at a glance whether everything flows. */
import type { Summary } from "../../console/api.ts";
import type { PageContext } from "../lib/context.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { counted, formatBytes, formatCount, formatShortCount } from "../lib/format.ts";
import type { SummaryStore } from "../lib/summary.ts";

interface Figure {
  readonly label: string;
  readonly value: (summary: Summary) => string;
  readonly remark: (summary: Summary, store: SummaryStore) => string;
  readonly isBad?: (summary: Summary) => boolean;
}

const perSecond = (store: SummaryStore, counter: (summary: Summary) => number): string => {
  const rate = store.rateOf(counter);
  if (rate === null) return "";
  return `${rate > 0 && rate < 10 ? rate.toFixed(1) : formatCount(rate)} a second`;
};

const allRows = ({ pipeline }: Summary): number => pipeline.rows + pipeline.frames;

const figures: readonly Figure[] = [
  {
    label: "Devices online",
    value: ({ fleet }) => `${formatCount(fleet.online)} / ${formatCount(fleet.total)}`,
    remark: ({ fleet }) =>
      [counted(fleet.connected, "session"), fleet.revoked > 0 && `${fleet.revoked} revoked`]
        .filter(Boolean)
        .join(", "),
  },
  {
    label: "Messages",
    value: ({ pipeline }) => formatShortCount(pipeline.messages),
    remark: (_, store) => perSecond(store, ({ pipeline }) => pipeline.messages),
  },
  {
    label: "Rows stored",
    value: (summary) => formatShortCount(allRows(summary)),
    remark: (_, store) => perSecond(store, allRows),
  },
  {
    label: "Quarantined",
    value: ({ pipeline }) => formatShortCount(pipeline.quarantined),
    remark: ({ pipeline }) => share(pipeline.quarantined, pipeline.messages),
  },
  {
    label: "Repeats dropped",
    value: ({ pipeline }) => formatShortCount(pipeline.duplicates),
    remark: ({ pipeline }) => share(pipeline.duplicates, pipeline.messages),
  },
  {
    label: "Log behind",
    value: ({ log }) => (log === null ? "–" : formatShortCount(log.lag)),
    remark: ({ log }) => {
      if (log === null) return "";
      return log.damaged > 0
        ? `${counted(log.damaged, "record")} damaged`
        : log.lag === 0
          ? "all in files"
          : "messages not in files yet";
    },
    isBad: ({ log }) => log !== null && log.damaged > 0,
  },
  {
    label: "Size of the lake",
    value: ({ stored }) => formatBytes(stored.bytes),
    remark: ({ stored }) => counted(stored.files, "file"),
  },
];

function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "none";
  const percent = (100 * part) / whole;
  return `${percent < 0.01 ? "< 0.01" : percent.toPrecision(2)} % of messages`;
}

export function keyFigures({ summary }: PageContext): HTMLElement {
  const parts = figures.map((figure) => {
    const value = element("dd", { class: "figure-value" }, "–");
    const remark = element("dd", { class: "figure-remark" });
    const box = element("div", { class: "figure" }, element("dt", {}, figure.label), value, remark);
    return { figure, value, remark, box };
  });
  summary.onChange((latest) => {
    for (const { figure, value, remark, box } of parts) {
      setText(value, figure.value(latest));
      setText(remark, figure.remark(latest, summary));
      setAttribute(box, "data-bad", figure.isBad?.(latest) ?? false);
    }
  });
  return element(
    "section",
    { class: "figures", attributes: { "aria-label": "Key figures" } },
    element("dl", {}, ...parts.map(({ box }) => box)),
  );
}
