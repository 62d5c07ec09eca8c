/** Buttons of the plot: everything that gestures do, for those who have a keyboard or one finger. */
import { element, setAttribute } from "../lib/dom.ts";
import { icon, type IconName } from "../lib/icons.ts";
import { segmented } from "../lib/segmented.ts";
import type { PlotActions } from "./plot-gestures.ts";
import { presets, type PresetKey } from "./plot-range.ts";
import type { PlotState } from "./plot-state.ts";

export interface ToolbarActions extends PlotActions {
  preset(preset: PresetKey): void;
  /** Shows it, or no longer. */
  toggle(what: "forecast" | "anomalies"): void;
}

export interface PlotToolbar {
  readonly controls: readonly HTMLElement[];
  /** Buttons of what is drawn beside the values. */
  readonly shown: HTMLElement;
  show(state: PlotState): void;
}

const toggleNames = {
  forecast: ["Forecast", "What comes next, with an interval"],
  anomalies: ["Anomalies", "What stood out"],
} as const;

export function plotToolbar(actions: ToolbarActions): PlotToolbar {
  const range = segmented<PresetKey>(
    "Range of the plot",
    presets.map(({ key, label, name }) => ({ value: key, label, name })),
    actions.preset,
  );
  const button = (name: string, drawing: IconName, act: () => void): HTMLButtonElement =>
    element(
      "button",
      {
        class: "icon-button",
        attributes: { type: "button", "aria-label": name, title: name },
        on: { click: act },
      },
      icon(drawing),
    );
  const reset = button("Follow the newest values again (0)", "reset", actions.reset);
  const zoom = element(
    "div",
    { class: "button-row", attributes: { role: "group", "aria-label": "Move and zoom" } },
    button("Earlier (←)", "left", () => actions.move(-0.2)),
    button("Zoom out (−)", "minus", () => actions.zoom(1 / 0.6, 0.5)),
    button("Zoom in (+)", "plus", () => actions.zoom(0.6, 0.5)),
    button("Later (→)", "right", () => actions.move(0.2)),
    reset,
  );
  const toggles = (["forecast", "anomalies"] as const).map((what) => {
    const [label = "", name = ""] = toggleNames[what];
    const attributes = { type: "button", "aria-pressed": "false", title: name };
    return {
      what,
      button: element(
        "button",
        { class: "button toggle", attributes, on: { click: () => actions.toggle(what) } },
        label,
      ),
    };
  });
  const shown = element(
    "div",
    { class: "button-row", attributes: { role: "group", "aria-label": "What is drawn beside the values" } },
    ...toggles.map(({ button: toggle }) => toggle),
  );
  return {
    shown,
    controls: [zoom, range.element],
    show({ preset, fixed, ...state }) {
      for (const { what, button: toggle } of toggles)
        setAttribute(toggle, "aria-pressed", state[what] ? "true" : "false");
      range.select(fixed === null ? preset : undefined);
      reset.disabled = fixed === null;
    },
  };
}
