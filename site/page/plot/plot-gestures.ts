/** Mouse wheel, double click, touch and keyboard on a plot; dragging with the mouse is the chart's own. */
import type { PlotChart } from "./plot-chart.ts";

export interface PlotActions {
  /** Longer by `factor` around a place: 0 left edge, 1 right edge. */
  zoom(factor: number, anchor: number): void;
  /** By a share of the length; negative is into the past. */
  move(share: number): void;
  /** Back to following the newest value. */
  reset(): void;
  oldest(): void;
  newest(): void;
  /** The cursor one value on, or back. */
  step(direction: 1 | -1): void;
}

const zoomIn = 0.6;
const zoomOut = 1 / zoomIn;
/** Milliseconds after which a page that was being scrolled has come to rest: the wheel over the plot is then for it. */
const scrollRestMs = 300;

export function onGestures(chart: PlotChart, actions: PlotActions): void {
  onWheel(chart, actions);
  onTouch(chart, actions);
  chart.element.addEventListener("dblclick", () => actions.reset());
  chart.element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keyAction(event.key, event.shiftKey, actions);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function keyAction(key: string, shift: boolean, actions: PlotActions): (() => void) | undefined {
  const keys: Readonly<Record<string, () => void>> = {
    "+": () => actions.zoom(zoomIn, 0.5),
    "=": () => actions.zoom(zoomIn, 0.5),
    "-": () => actions.zoom(zoomOut, 0.5),
    _: () => actions.zoom(zoomOut, 0.5),
    ArrowLeft: () => (shift ? actions.step(-1) : actions.move(-0.2)),
    ArrowRight: () => (shift ? actions.step(1) : actions.move(0.2)),
    Home: actions.oldest,
    End: actions.newest,
    "0": actions.reset,
    Escape: actions.reset,
  };
  return keys[key];
}

function onWheel(chart: PlotChart, actions: PlotActions): void {
  let scrolledAt = 0;
  addEventListener("scroll", () => (scrolledAt = performance.now()), { passive: true, capture: true });
  chart.element.addEventListener(
    "wheel",
    (event) => {
      // A page that is scrolling past must not be caught by the plot on its way.
      if (performance.now() - scrolledAt < scrollRestMs) return;
      event.preventDefault();
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const delta =
        (isSideways ? event.deltaX || event.deltaY : event.deltaY) * (event.deltaMode === 1 ? 16 : 1);
      const size = Math.min(1, Math.abs(delta) / 100) * Math.sign(delta);
      if (isSideways) actions.move(size * 0.1);
      else actions.zoom(zoomOut ** size, chart.shareAt(event.clientX));
    },
    { passive: false },
  );
}

/** One finger moves, two zoom, two taps reset; up and down stays with the page. */
function onTouch(chart: PlotChart, actions: PlotActions): void {
  const fingers = new Map<number, number>();
  let tappedAt = 0;
  let travelled = 0;
  const spread = (): number => {
    const [a = 0, b = 0] = fingers.values();
    return Math.max(8, Math.abs(a - b));
  };
  const middle = (): number => [...fingers.values()].reduce((sum, x) => sum + x, 0) / fingers.size;

  chart.element.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    if (fingers.size === 0) travelled = 0;
    fingers.set(event.pointerId, event.clientX);
  });
  chart.element.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const formerSpread = spread();
    const formerMiddle = middle();
    fingers.set(event.pointerId, event.clientX);
    travelled += Math.abs(event.clientX - before);
    if (fingers.size === 2) actions.zoom(formerSpread / spread(), chart.shareAt(middle()));
    actions.move((formerMiddle - middle()) / Math.max(1, chart.width));
  });
  const lift = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0 || event.type === "pointercancel") return;
    const isTap = travelled < 8;
    if (isTap && event.timeStamp - tappedAt < 350) actions.reset();
    tappedAt = isTap ? event.timeStamp : 0;
  };
  chart.element.addEventListener("pointerup", lift);
  chart.element.addEventListener("pointercancel", lift);
}
