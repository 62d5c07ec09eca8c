/** A row of buttons of which one is on: a radio group in a toolbar's clothes. */
import { element } from "./dom.ts";

export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
  /** For screen readers, behind the label, and on hover. */
  readonly name: string;
}

export interface Segmented<Value> {
  readonly element: HTMLElement;
  /** `undefined` where none of them is on. */
  select(value: Value | undefined): void;
}

export function segmented<Value>(
  label: string,
  choices: readonly Choice<Value>[],
  chosen: (value: Value) => void,
): Segmented<Value> {
  const buttons = choices.map(({ value, label: text, name }) =>
    element(
      "button",
      {
        attributes: {
          type: "button",
          "aria-pressed": "false",
          "aria-label": `${text}: ${name}`,
          title: name,
        },
        on: { click: () => chosen(value) },
      },
      text,
    ),
  );
  return {
    element: element(
      "div",
      { class: "segmented", attributes: { role: "group", "aria-label": label } },
      ...buttons,
    ),
    select(value) {
      buttons.forEach((button, index) =>
        button.setAttribute("aria-pressed", String(choices[index]?.value === value)),
      );
    },
  };
}
