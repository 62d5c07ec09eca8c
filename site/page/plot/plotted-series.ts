/** A series as it is drawn. Pure: no document. */
import type { Metric, Series } from "../../console/api.ts";
import { unitText } from "../lib/units.ts";
import { keyOf } from "./metric-key.ts";

export interface PlottedSeries {
  readonly key: string;
  /** A boolean is drawn as steps, on a scale of its own. */
  readonly kind: "number" | "boolean";
  readonly unit: string;
  /** Index of its colour. */
  readonly slot: number;
  readonly series: Series;
}

export const plottedSeries = (metric: Metric, series: Series, slot: number): PlottedSeries => ({
  key: keyOf(metric),
  kind: metric.kind === "boolean" ? "boolean" : "number",
  unit: unitText(metric.unit),
  slot,
  series,
});

/** One for each unit; booleans have their own. */
export const scaleOf = ({ kind, unit }: Pick<Metric, "kind" | "unit">): string =>
  kind === "boolean" ? kind : `unit ${unitText(unit)}`;
