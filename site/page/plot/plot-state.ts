/** What the plot shows, as the address says it: device, metrics, range. Pure: no document. */
import type { Metric } from "../../console/api.ts";
import { keyOf } from "./metric-key.ts";
import { presets, type PresetKey, type Range, type Span } from "./plot-range.ts";

/** As many series as can be told apart by their colour. */
export const seriesColors = 6;

export interface PlotState {
  readonly device: string | null;
  /** Keys of metrics; empty: the page chooses. */
  readonly keys: readonly string[];
  /** Where a reset leads back to. */
  readonly preset: PresetKey;
  /** Overrides the preset. */
  readonly fixed: Span | null;
  /** What comes next is drawn too; what stood out is marked. */
  readonly forecast: boolean;
  readonly anomalies: boolean;
}

const defaultPreset: PresetKey = "1h";

export function readState(parameters: URLSearchParams): PlotState {
  const [from, to] = [
    Number(parameters.get("from") ?? Number.NaN),
    Number(parameters.get("to") ?? Number.NaN),
  ];
  return {
    device: parameters.get("device"),
    keys: parameters.getAll("metric").slice(0, seriesColors),
    preset: presets.find(({ key }) => key === parameters.get("range"))?.key ?? defaultPreset,
    fixed: from < to ? { from, to } : null,
    forecast: parameters.has("forecast"),
    anomalies: parameters.has("anomalies"),
  };
}

export function writeState({ device, keys, preset, fixed, ...shown }: PlotState): URLSearchParams {
  const parameters = new URLSearchParams();
  if (device !== null) parameters.set("device", device);
  for (const key of keys) parameters.append("metric", key);
  if (preset !== defaultPreset) parameters.set("range", preset);
  if (fixed !== null) {
    parameters.set("from", String(Math.floor(fixed.from)));
    parameters.set("to", String(Math.ceil(fixed.to)));
  }
  for (const name of ["forecast", "anomalies"] as const) if (shown[name]) parameters.set(name, "1");
  return parameters;
}

export function rangeOf({ preset, fixed }: PlotState): Range {
  if (fixed !== null) return { kind: "fixed", ...fixed };
  return { kind: "last", length: presets.find(({ key }) => key === preset)?.length ?? null };
}

/**
 * The chosen metrics that the device has. Where none was chosen: the number with the most values (a state that is on or
 * off only where there is no number), and its sisters: `accel_x` brings y and z.
 */
export function chosenMetrics(metrics: readonly Metric[], keys: readonly string[]): readonly Metric[] {
  const plottable = metrics.filter(({ kind }) => kind !== "other");
  const chosen = keys.flatMap((key) => plottable.find((metric) => keyOf(metric) === key) ?? []);
  if (chosen.length > 0) return chosen;
  const [first] = plottable.toSorted(
    (a, b) => Number(b.kind === "number") - Number(a.kind === "number") || b.values - a.values,
  );
  if (first === undefined) return [];
  const family = /^(.+_)[xyz]$/.exec(first.metric)?.[1];
  if (family === undefined) return [first];
  return plottable.filter(
    ({ metric, sub }) =>
      sub === first.sub && /^[xyz]$/.test(metric.slice(family.length)) && metric.startsWith(family),
  );
}

/** From the oldest to the newest value of any of them; null where there are none. */
export function extentOf(metrics: readonly Metric[]): Span | null {
  if (metrics.length === 0) return null;
  return {
    from: Math.min(...metrics.map(({ from }) => from)),
    to: Math.max(...metrics.map(({ to }) => to)),
  };
}

/** A colour stays with its metric while that is on the plot. */
export class ColorSlots {
  readonly #slots = new Map<string, number>();

  assign(keys: readonly string[]): void {
    for (const key of this.#slots.keys()) if (!keys.includes(key)) this.#slots.delete(key);
    for (const key of keys) {
      if (this.#slots.has(key)) continue;
      const taken = new Set(this.#slots.values());
      const free = Array.from({ length: seriesColors }, (_, slot) => slot).find((slot) => !taken.has(slot));
      this.#slots.set(key, free ?? 0);
    }
  }

  of(key: string): number | null {
    return this.#slots.get(key) ?? null;
  }
}
