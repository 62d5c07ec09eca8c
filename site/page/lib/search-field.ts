/** A search box that waits until the typing pauses. */
import { element } from "./dom.ts";
import { icon } from "./icons.ts";

const pauseMs = 180;

export interface SearchField {
  readonly element: HTMLElement;
  value(): string;
}

export function searchField(label: string, changed: () => void): SearchField {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const input = element("input", {
    attributes: {
      type: "search",
      placeholder: label,
      "aria-label": label,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    },
    on: {
      input: () => {
        clearTimeout(pause);
        pause = setTimeout(changed, pauseMs);
      },
    },
  });
  return {
    element: element("div", { class: "search" }, icon("search"), input),
    value: () => input.value.trim(),
  };
}
