/** The metrics of a device as buttons that put them on the plot; those on it show their value: choice and legend in one. */
import type { Metric } from "../../console/api.ts";
import { element, reconcile, setAttribute, setText } from "../lib/dom.ts";
import { counted, formatValue } from "../lib/format.ts";
import { unitText } from "../lib/units.ts";
import { keyOf, labelOf } from "./metric-key.ts";

export interface ChipState {
  /** Index of its colour; null where it is not on the plot. */
  readonly slot: number | null;
  readonly value: number | null;
  /** No more fit on the plot. */
  readonly isDisabled: boolean;
}

export class MetricChips {
  readonly element = element("div", {
    class: "chips",
    attributes: { role: "group", "aria-label": "Metrics on the plot" },
  });
  readonly #toggled: (key: string) => void;

  constructor(toggled: (key: string) => void) {
    this.#toggled = toggled;
  }

  render(metrics: readonly Metric[], stateOf: (key: string) => ChipState): void {
    reconcile(
      this.element,
      metrics,
      keyOf,
      (metric) => this.#create(metric),
      (chip, metric) => update(chip, metric, stateOf(keyOf(metric))),
    );
  }

  #create(metric: Metric): HTMLButtonElement {
    return element(
      "button",
      {
        class: "chip",
        attributes: { type: "button" },
        on: { click: () => this.#toggled(keyOf(metric)) },
      },
      element("span", { class: "swatch", attributes: { "aria-hidden": "true" } }),
      element("span", { class: "chip-name" }, labelOf(metric)),
      element("span", { class: "chip-value" }),
    );
  }
}

function update(chip: HTMLButtonElement, metric: Metric, { slot, value, isDisabled }: ChipState): void {
  const find = (selector: string): Element => chip.querySelector(selector) as Element;
  setAttribute(chip, "aria-pressed", String(slot !== null));
  setAttribute(chip, "data-slot", slot === null ? null : slot + 1);
  chip.disabled = metric.kind === "other" || isDisabled;
  chip.title =
    metric.kind === "other"
      ? "text or bytes have no plot"
      : isDisabled
        ? "six are as many as can be told apart: take one off first"
        : counted(metric.values, "value");
  setText(find(".chip-value"), slot === null ? "" : value === null ? "–" : valueText(metric, value));
}

/** A point of a state that was both within its time has no value of its own. */
function valueText({ kind, unit }: Metric, value: number): string {
  if (kind === "boolean") return value === 1 ? "true" : value === 0 ? "false" : "both";
  return `${formatValue(value, 4)} ${unitText(unit)}`.trim();
}
