/** What all charts share: colours and type of the style sheet, axes, size. */
import type uPlot from "uplot";
import { seriesColors } from "./plot-state.ts";
import { timeSplits, timeSteps, timeTicks } from "./time-ticks.ts";

export interface ChartColors {
  readonly text: string;
  readonly grid: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly warning: string;
  readonly series: readonly string[];
  readonly font: string;
}

/** Canvas knows no custom properties: a probe element has the browser resolve them for the theme in force. */
export function readColors(host: HTMLElement): ChartColors {
  const probe = document.createElement("span");
  host.append(probe);
  const color = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: color("--muted"),
    grid: color("--grid"),
    accent: color("--accent"),
    accentSoft: color("--accent-soft"),
    warning: color("--warn"),
    series: Array.from({ length: seriesColors }, (_, index) => color(`--series-${index + 1}`)),
    font: `11px ${getComputedStyle(host).fontFamily}`,
  };
  probe.remove();
  return colors;
}

/** `rgb(1 2 3)` or `rgb(1, 2, 3)` with an opacity. */
export const translucent = (color: string, opacity: number): string =>
  `color-mix(in srgb, ${color} ${Math.round(opacity * 100)}%, transparent)`;

/** CSS pixels right of the plotting area, so that the last time is written whole. */
export const tickMargin = 26;

export function timeAxis({ text, grid, font }: ChartColors): uPlot.Axis {
  return {
    stroke: text,
    font,
    lineGap: 1.25,
    size: 38,
    gap: 6,
    space: 76,
    incrs: [...timeSteps],
    splits: (_, _axis, from, to, step) => timeSplits(from, to, step),
    values: (_, splits, _axis, _space, step) => timeTicks(splits, step),
    grid: { show: true, stroke: grid, width: 1 },
    ticks: { show: true, stroke: grid, width: 1, size: 4 },
  };
}

export function valueAxis({ text, grid, font }: ChartColors, options: Partial<uPlot.Axis> = {}): uPlot.Axis {
  return {
    stroke: text,
    font,
    size: 52,
    gap: 6,
    space: 42,
    grid: { show: true, stroke: grid, width: 1 },
    ticks: { show: false },
    ...options,
  };
}

/** Keeps a chart as large as its host; `draw` gets the first size too. */
export function onResize(host: HTMLElement, draw: (width: number, height: number) => void): void {
  let [width, height] = [0, 0];
  new ResizeObserver(() => {
    if (host.clientWidth === width && host.clientHeight === height) return;
    [width, height] = [host.clientWidth, host.clientHeight];
    if (width > 0 && height > 0) draw(width, height);
  }).observe(host);
}
