/** The drawn plot: lines, bands, axes, cursor. What to show comes from outside; what people do with it goes outside. */
import uPlot from "uplot";
import { element } from "../lib/dom.ts";
import { formatValue } from "../lib/format.ts";
import { onThemeChange } from "../shell/theme.ts";
import {
  onResize,
  readColors,
  tickMargin,
  timeAxis,
  translucent,
  valueAxis,
  type ChartColors,
} from "./chart-style.ts";
import { hasBand, withGaps, withoutGaps } from "./plot-data.ts";
import type { Span } from "./plot-range.ts";
import { scaleOf, type PlottedSeries } from "./plotted-series.ts";

export interface PlotEvents {
  /** Somebody dragged over a stretch of time. */
  selected(span: Span): void;
  /** The time under the pointer; null where there is none. */
  pointed(time: number | null): void;
}

/** What is drawn over the series. */
export interface Overlay {
  draw(chart: uPlot, colors: ChartColors): void;
  /** Values that a scale must reach to show it whole. */
  reach(scale: string): readonly number[];
}

export class PlotChart {
  readonly element = element("div", { class: "chart plot-chart" });
  readonly #events: PlotEvents & Overlay;
  #chart: uPlot | null = null;
  #plotted: readonly PlottedSeries[] = [];
  #span: Span = { from: 0, to: 1 };
  #drawn = "";

  constructor(events: PlotEvents & Overlay) {
    this.#events = events;
    onResize(this.element, (width, height) => {
      if (this.#chart === null) this.#draw();
      else this.#chart.setSize({ width, height });
    });
    onThemeChange(() => this.#draw());
  }

  get span(): Span {
    return this.#span;
  }

  /** CSS pixels of the plotting area. */
  get width(): number {
    return this.#chart === null ? this.element.clientWidth : this.#chart.over.clientWidth;
  }

  show(plotted: readonly PlottedSeries[], span: Span): void {
    this.#plotted = plotted;
    this.#span = span;
    const drawn = plotted
      .map(({ key, kind, unit, slot, series }) => [key, kind, unit, slot, hasBand(series)].join())
      .join(";");
    if (this.#chart === null || drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#draw();
    } else {
      this.#chart.batch((chart: uPlot) => {
        chart.setData(alignedData(plotted), false);
        this.#scale(chart);
      });
    }
  }

  /** At once, with the values at hand; better ones come with the next `show`. */
  move(span: Span): void {
    this.#span = span;
    if (this.#chart !== null) this.#scale(this.#chart);
  }

  /** Puts the cursor over a time, or takes it away. */
  point(time: number | null): void {
    if (this.#chart === null) return;
    const left = time === null ? -10 : this.#chart.valToPos(time, "x");
    this.#chart.setCursor({ left, top: this.#chart.over.clientHeight / 2 });
  }

  /** Share of the plotting area left of a pointer. */
  shareAt(clientX: number): number {
    const area = this.#chart?.over.getBoundingClientRect();
    if (area === undefined || area.width === 0) return 0.5;
    return Math.min(1, Math.max(0, (clientX - area.left) / area.width));
  }

  #scale(chart: uPlot): void {
    chart.setScale("x", { min: this.#span.from, max: this.#span.to });
  }

  #draw(): void {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (width === 0 || height === 0) return;
    const former = this.#chart;
    const options = plotOptions(this.#plotted, readColors(this.element), this.#events);
    this.#chart = new uPlot({ ...options, width, height }, alignedData(this.#plotted), this.element);
    this.#scale(this.#chart);
    former?.destroy();
  }
}

function alignedData(plotted: readonly PlottedSeries[]): uPlot.AlignedData {
  if (plotted.length === 0) return [[], []];
  return uPlot.join(
    plotted.map(({ kind, series }) => (kind === "boolean" ? withoutGaps(series) : withGaps(series))),
  );
}

/** Two units have an axis each; further ones share the plot without. */
const axesShown = 2;

function plotOptions(
  plotted: readonly PlottedSeries[],
  colors: ChartColors,
  events: PlotEvents & Overlay,
): Omit<uPlot.Options, "width" | "height"> {
  const scales = new Map(plotted.map((one) => [scaleOf(one), one]));
  const axes = [...scales].slice(0, axesShown).map(([scale, one], index) =>
    valueAxis(colors, {
      ...axisOf(one, colors),
      scale,
      side: index === 0 ? 3 : 1,
      grid: { show: index === 0, stroke: colors.grid, width: 1 },
    }),
  );
  return {
    ms: 1,
    legend: { show: false },
    padding: [10, axes.length > 1 ? 0 : tickMargin, 0, 0],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      bind: { dblclick: () => null },
      points: { size: 7, width: 2 },
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { auto: false, time: true },
      ...Object.fromEntries(
        [...scales].map(([scale, { kind }]) => [
          scale,
          {
            range:
              kind === "boolean"
                ? ([-0.15, 1.15] as uPlot.Range.MinMax)
                : (_: uPlot, ...seen: Ends) => withMargin(...reaching(seen, events.reach(scale))),
          },
        ]),
      ),
    },
    axes: [timeAxis(colors), ...(axes.length > 0 ? axes : [valueAxis(colors)])],
    series: [{}, ...(plotted.length > 0 ? plotted.flatMap((one) => threeSeries(one, colors)) : [{}])],
    bands: plotted.flatMap(({ slot, series }, index) =>
      hasBand(series)
        ? [
            {
              series: [3 * index + 2, 3 * index + 3] as [number, number],
              fill: translucent(colorOf(colors, slot), plotted.length > 1 ? 0.11 : 0.2),
            },
          ]
        : [],
    ),
    hooks: {
      draw: [(chart) => events.draw(chart, colors)],
      setCursor: [
        (chart) => {
          const { left = -1 } = chart.cursor;
          events.pointed(left < 0 ? null : chart.posToVal(left, "x"));
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (width < 4) return;
          events.selected({ from: chart.posToVal(left, "x"), to: chart.posToVal(left + width, "x") });
        },
      ],
    },
  };
}

type Ends = [low: number | null, high: number | null];

function reaching([low, high]: Ends, values: readonly number[]): Ends {
  if (low === null || high === null || values.length === 0) return [low, high];
  return [Math.min(low, ...values), Math.max(high, ...values)];
}

/** A little air above and below; one value alone stands in the middle. */
function withMargin(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  return [low - margin, high + margin];
}

function axisOf({ kind, unit }: PlottedSeries, { font }: ChartColors): Partial<uPlot.Axis> {
  if (kind === "boolean") {
    return {
      splits: () => [0, 1],
      values: (_, splits) => splits.map((value) => (value === 1 ? "true" : "false")),
    };
  }
  return {
    values: (_, splits) => splits.map((value) => (value === null ? "" : formatValue(value))),
    ...(unit === "" ? {} : { label: unit, labelSize: 16, labelFont: font, labelGap: 0, size: 56 }),
  };
}

const colorOf = (colors: ChartColors, slot: number): string => colors.series[slot] ?? colors.accent;

/** The mean as a line; the largest and smallest only bound the band, and the scale. */
function threeSeries(one: PlottedSeries, colors: ChartColors): uPlot.Series[] {
  const { kind, slot, series } = one;
  const scale = scaleOf(one);
  const stepped = kind === "boolean" ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const bound: uPlot.Series = { scale, show: hasBand(series), width: 0, points: { show: false } };
  return [
    {
      scale,
      stroke: colorOf(colors, slot),
      width: 1.5,
      points: { size: 4, fill: colorOf(colors, slot) },
      ...(stepped === undefined ? {} : { paths: stepped }),
    },
    bound,
    { ...bound },
  ];
}
