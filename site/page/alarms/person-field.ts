/** Who acknowledges: asked once, remembered in this browser. */
import { element, setAttribute } from "../lib/dom.ts";

const storageKey = "fieldlake.person";

export interface PersonField {
  readonly element: HTMLElement;
  /** Null where nobody said it; the field then asks. */
  value(): string | null;
}

export function personField(): PersonField {
  const input = element("input", {
    attributes: {
      type: "text",
      placeholder: "Your name",
      "aria-label": "Your name, for acknowledgements",
      autocomplete: "name",
      maxlength: 200,
      value: localStorage.getItem(storageKey) ?? "",
    },
    on: { input: () => setAttribute(input, "aria-invalid", null) },
  });
  return {
    element: element("div", { class: "person" }, input),
    value() {
      const name = input.value.trim();
      if (name === "") {
        setAttribute(input, "aria-invalid", true);
        input.focus();
        return null;
      }
      localStorage.setItem(storageKey, name);
      return name;
    },
  };
}
