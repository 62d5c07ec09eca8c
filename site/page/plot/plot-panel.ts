/** The time-series plot of a device: chips to choose, buttons and gestures to zoom, values under the cursor. */
import type { Series } from "../../console/api.ts";
import { announce } from "../lib/announce.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import type { Route } from "../lib/route.ts";
import { OutlookLayer } from "./outlook-layer.ts";
import { MetricChips } from "./metric-chips.ts";
import { keyOf } from "./metric-key.ts";
import { PlotChart } from "./plot-chart.ts";
import { nearest } from "./plot-data.ts";
import { onGestures, type PlotActions } from "./plot-gestures.ts";
import { moved, within, zoomed, type PresetKey, type Span } from "./plot-range.ts";
import { busiestDevice, PlotSource, type Plotted } from "./plot-source.ts";
import { ColorSlots, readState, seriesColors, writeState, type PlotState } from "./plot-state.ts";
import { plotToolbar } from "./plot-toolbar.ts";
import { plottedSeries } from "./plotted-series.ts";
import { describePlot, plotKeys, rangeText, timeText } from "./plot-words.ts";

const intervalMs = 3000;
/** Milliseconds that a zoom or move waits for the next one before it asks for better values. */
const settleMs = 90;
const points = (width: number): number => Math.min(2000, Math.max(200, Math.round(width / 100) * 100));

export function plotPanel(context: PageContext): View {
  return new PlotPanel(context);
}

class PlotPanel implements View {
  readonly element: HTMLElement;
  readonly #context: PageContext;
  readonly #source = new PlotSource();
  readonly #slots = new ColorSlots();
  readonly #notice = new Notice();
  readonly #outlook = new OutlookLayer();
  readonly #chart: PlotChart;
  readonly #chips: MetricChips;
  readonly #toolbar: ReturnType<typeof plotToolbar>;
  readonly #note: HTMLElement;
  readonly #frame: HTMLElement;
  readonly #device = element("p", { class: "plot-device" });
  #state: PlotState = readState(new URLSearchParams());
  #plotted: Plotted | null = null;
  #pointed: number | null = null;
  #watch: Watch | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(context: PageContext) {
    this.#context = context;
    this.#chart = new PlotChart({
      selected: (span) => this.#look(span),
      pointed: (time) => this.#point(time),
      draw: (chart, colors) => this.#outlook.draw(chart, colors),
      reach: (scale) => this.#outlook.reach(scale),
    });
    const actions: PlotActions = {
      zoom: (factor, anchor) => this.#change((span, limits) => zoomed(span, factor, anchor, limits)),
      move: (share) => this.#change((span, limits) => moved(span, share, limits)),
      oldest: () =>
        this.#change(({ from, to }, limits) =>
          moved({ from, to }, (limits.from - from) / (to - from), limits),
        ),
      newest: () =>
        this.#change(({ from, to }, limits) => moved({ from, to }, (limits.to - to) / (to - from), limits)),
      reset: () => this.#update({ ...this.#state, fixed: null }),
      step: (direction) => this.#step(direction),
    };
    this.#chips = new MetricChips((key) => this.#toggle(key));
    this.#toolbar = plotToolbar({
      ...actions,
      preset: (preset: PresetKey) => this.#update({ ...this.#state, preset, fixed: null }),
      toggle: (what) => this.#update({ ...this.#state, [what]: !this.#state[what] }),
    });
    onGestures(this.#chart, actions);
    const keys = element("p", { class: "visually-hidden", attributes: { id: "plot-keys" } }, plotKeys);
    setAttribute(this.#chart.element, "tabindex", 0);
    setAttribute(this.#chart.element, "role", "application");
    setAttribute(this.#chart.element, "aria-roledescription", "time series plot");
    setAttribute(this.#chart.element, "aria-describedby", "plot-keys");
    this.#frame = element(
      "div",
      { class: "plot-frame", attributes: { "data-empty": true } },
      this.#chart.element,
      this.#notice.element,
    );
    const made = panel(
      { title: "Time series", name: "plot", actions: this.#toolbar.controls },
      element("div", { class: "plot-choice" }, this.#device, this.#chips.element, this.#toolbar.shown),
      this.#frame,
      this.#outlook.element,
      keys,
    );
    this.element = made.element;
    this.#note = made.note;
  }

  show({ parameters }: Route): void {
    this.#state = readState(parameters);
    this.#pointed = null;
    this.#toolbar.show(this.#state);
    if (this.#watch === null)
      this.#watch = this.#context.live.watch(intervalMs, (signal) => this.#load(signal));
    else this.#watch.refresh();
  }

  hide(): void {
    this.#watch?.stop();
    this.#watch = null;
  }

  async #load(signal: AbortSignal): Promise<void> {
    setAttribute(this.#frame, "aria-busy", true);
    try {
      const device = this.#state.device ?? (await busiestDevice(signal));
      if (device === null) {
        this.#notice.show("No value yet", "The plot begins with the first message that is decoded.");
        return;
      }
      if (this.#state.device === null) this.#replaceDevice(device);
      setText(this.#device, device);
      this.#plotted = await this.#source.load(device, this.#state, points(this.#chart.width), signal);
      this.#render();
      await this.#outlook.load(this.#plotted, this.#state, (key) => this.#slots.of(key), signal);
      this.#render();
    } catch (error) {
      if (!signal.aborted) this.#notice.fail(error);
      else throw error;
    } finally {
      if (!signal.aborted) setAttribute(this.#frame, "aria-busy", false);
    }
  }

  #render(): void {
    const plotted = this.#plotted;
    if (plotted === null) return;
    const { chosen, span, series, device } = plotted;
    setAttribute(this.#frame, "data-empty", span === null);
    this.#slots.assign(chosen.map(keyOf));
    if (span === null) {
      this.#chart.show([], { from: 0, to: 1 });
      this.#notice.show(
        plotted.metrics.length === 0
          ? `Nothing stored of ${device} yet`
          : `${device} measures nothing that has a plot`,
      );
    } else {
      this.#notice.hide();
      this.#chart.show(
        chosen.flatMap((metric) => {
          const key = keyOf(metric);
          const values = series.get(key);
          return values === undefined ? [] : [plottedSeries(metric, values, this.#slots.of(key) ?? 0)];
        }),
        this.#state.fixed === null ? this.#outlook.widened(span) : span,
      );
      const isEmpty = [...series.values()].every(({ values }) => values === 0);
      if (isEmpty) this.#notice.show("No value in this stretch of time", "0 or a double click leads back.");
      setAttribute(this.#chart.element, "aria-label", describePlot(plotted));
    }
    this.#renderValues();
  }

  /** Values under the cursor, or the newest in sight. */
  #renderValues(): void {
    const plotted = this.#plotted;
    if (plotted === null) return;
    const { metrics, chosen, series } = plotted;
    const isFull = chosen.length >= seriesColors;
    this.#chips.render(metrics, (key) => {
      const slot = this.#slots.of(key);
      const values = slot === null ? undefined : series.get(key);
      const index = values === undefined ? -1 : nearest(values.time, this.#pointed ?? this.#chart.span.to);
      return { slot, value: values?.mean[index] ?? null, isDisabled: isFull && slot === null };
    });
    const finest = this.#finest();
    setText(
      this.#note,
      this.#pointed === null ? rangeText(this.#chart.span, finest) : timeText(this.#pointed, finest),
    );
  }

  /** The series whose values are told and stepped through. */
  #finest(): Series | undefined {
    return [...(this.#plotted?.series.values() ?? [])].toSorted((a, b) => b.values - a.values)[0];
  }

  #point(time: number | null): void {
    if (time === this.#pointed) return;
    this.#pointed = time;
    this.#renderValues();
  }

  #step(direction: 1 | -1): void {
    const finest = this.#finest();
    if (finest === undefined) return;
    const { span } = this.#chart;
    const here = nearest(finest.time, this.#pointed ?? (direction === 1 ? span.from : span.to));
    const time = finest.time[this.#pointed === null ? here : here + direction];
    if (time === undefined || time < span.from || time > span.to) return;
    this.#chart.point(time);
    const values = [...this.element.querySelectorAll(".chip[aria-pressed=true]")].map(
      (chip) => chip.textContent,
    );
    announce(`${timeText(time, finest)}: ${values.join(", ")}`);
  }

  #toggle(key: string): void {
    const keys = (this.#plotted?.chosen ?? []).map(keyOf);
    const wanted = keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
    if (wanted.length > 0) this.#go({ ...this.#state, device: this.#plotted?.device ?? null, keys: wanted });
  }

  #change(change: (span: Span, limits: Span) => Span): void {
    const extent = this.#plotted?.extent;
    if (extent === null || extent === undefined) return;
    const limits = this.#outlook.widened(extent);
    this.#look(change(within(this.#chart.span, limits), limits));
  }

  /** Shows what is at hand at once, and asks for better values when the hand comes to rest. */
  #look(span: Span): void {
    this.#chart.move(span);
    this.#update({ ...this.#state, fixed: span }, settleMs);
  }

  #update(state: PlotState, wait = 0): void {
    this.#state = state;
    this.#context.router.note(writeState(state));
    this.#toolbar.show(state);
    this.#renderValues();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#watch?.refresh(), wait);
  }

  #go(state: PlotState): void {
    this.#context.router.go("fleet", writeState(state));
  }

  #replaceDevice(device: string): void {
    this.#state = { ...this.#state, device };
    this.#context.router.note(writeState(this.#state));
    this.element.dispatchEvent(new CustomEvent("device", { bubbles: true, detail: device }));
  }
}
