/** Rows per minute of arrival. */
import uPlot from "uplot";
import type { Rate } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { counted, formatClock, formatCount, formatShortCount } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { segmented } from "../lib/segmented.ts";
import { onResize, readColors, timeAxis, translucent, valueAxis } from "../plot/chart-style.ts";
import { onThemeChange } from "../shell/theme.ts";

const intervalMs = 5000;

const lengths = [
  { value: 60, label: "1 h", name: "Last hour" },
  { value: 360, label: "6 h", name: "Last six hours" },
  { value: 1440, label: "24 h", name: "Last 24 hours" },
] as const;

export function ratePanel({ live }: PageContext): View {
  let watch: Watch | null = null;
  let minutes = 60;
  let rate: Rate | null = null;
  let chart: uPlot | null = null;
  const notice = new Notice();
  const host = element("div", { class: "chart rate-chart", attributes: { role: "img" } });
  const length = segmented<number>("Range of rows per minute", lengths, (chosen) => {
    minutes = chosen;
    length.select(chosen);
    watch?.refresh();
  });
  const made = panel(
    { title: "Rows per minute", name: "rate", actions: [length.element] },
    host,
    notice.element,
  );

  const hover = (index: number | null | undefined): void => {
    const time = rate?.minutes[index ?? -1];
    const rows = rate?.rows[index ?? -1];
    setText(
      made.note,
      time === undefined || rows === undefined
        ? standing(rate)
        : `${formatClock(time).slice(0, 5)} · ${counted(rows, "row")}`,
    );
  };
  const draw = (): void => {
    const [width, height] = [host.clientWidth, host.clientHeight];
    if (rate === null || width === 0) return;
    chart?.destroy();
    chart = new uPlot(options(host, width, height, hover), dataOf(rate), host);
  };
  onResize(host, (width, height) => (chart === null ? draw() : chart.setSize({ width, height })));
  onThemeChange(draw);
  length.select(minutes);

  const render = (received: Rate): void => {
    rate = received;
    if (chart === null) draw();
    else chart.setData(dataOf(received));
    hover(chart?.cursor.idx);
    setAttribute(host, "aria-label", describe(received));
    if (received.rows.every((rows) => rows === 0)) notice.show("No row in this time");
    else notice.hide();
  };
  return {
    element: made.element,
    show() {
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<Rate>("rate", { minutes }, signal));
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

/** The newest minute still runs: the one before it is the last that tells a rate. */
const lastFull = (rate: Rate | null): number => rate?.rows.at(-2) ?? rate?.rows.at(-1) ?? 0;

const standing = (rate: Rate | null): string =>
  rate === null ? "" : `${formatCount(lastFull(rate))} in the last full minute`;

function describe(rate: Rate): string {
  const largest = Math.max(0, ...rate.rows);
  return `Rows per minute over ${rate.rows.length} minutes: ${standing(rate)}, at most ${formatCount(largest)}`;
}

const dataOf = ({ minutes, rows }: Rate): uPlot.AlignedData => [[...minutes], [...rows]];

const minuteMs = 60_000;

function options(
  host: HTMLElement,
  width: number,
  height: number,
  hover: (index: number | null | undefined) => void,
): uPlot.Options {
  const colors = readColors(host);
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: { range: (_, first, last) => [first, last + minuteMs] },
      y: { range: (_, _low, high) => [0, Math.max(4, high * 1.08)] },
    },
    axes: [
      timeAxis(colors),
      valueAxis(colors, { values: (_, splits) => splits.map((rows) => formatShortCount(rows)), space: 28 }),
    ],
    series: [
      {},
      {
        paths: uPlot.paths.bars?.({ size: [0.78, 24], align: 1 }) ?? (() => null),
        fill: translucent(colors.accent, 0.72),
        width: 0,
        points: { show: false },
      },
    ],
    hooks: { setCursor: [(self) => hover(self.cursor.idx)] },
  };
}
