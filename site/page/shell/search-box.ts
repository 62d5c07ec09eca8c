/** Finds devices, series, profiles, insights and quarantine by words, from anywhere: the key / leads here, Enter to what was found. */
import type { Search } from "../../console/api.ts";
import { ask, isAbort, RefusedError } from "../lib/api.ts";
import { announce } from "../lib/announce.ts";
import type { PageContext } from "../lib/context.ts";
import { element, replace, setAttribute } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import { icon } from "../lib/icons.ts";
import { describe, placeOf, type Result } from "./search-results.ts";

const pauseMs = 150;
const shownResults = 12;

export function searchBox({ router }: PageContext): HTMLElement {
  let results: readonly Result[] = [];
  let chosen = -1;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  const input = element("input", {
    attributes: {
      type: "search",
      role: "combobox",
      placeholder: "Find anything",
      title: "Find devices, series, profiles, insights, quarantine (/)",
      "aria-label": "Find devices, series, profiles, insights, quarantine",
      "aria-controls": "found",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-keyshortcuts": "/",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    },
  });
  const list = element("ul", {
    class: "found",
    attributes: { id: "found", role: "listbox", "aria-label": "Found" },
  });
  const nothing = element("p", { class: "found found-nothing" });
  const box = element("div", { class: "search find" }, icon("search"), input, list, nothing);

  const close = (): void => {
    clearTimeout(pause);
    asking.abort();
    [results, chosen] = [[], -1];
    render("");
  };
  const go = (result: Result): void => {
    const { view, parameters } = placeOf(result);
    input.value = "";
    close();
    input.blur();
    router.go(view, parameters);
  };
  const choose = (index: number): void => {
    chosen = results.length === 0 ? -1 : (index + results.length) % results.length;
    [...list.children].forEach((item, at) =>
      setAttribute(item, "aria-selected", at === chosen ? "true" : "false"),
    );
    setAttribute(input, "aria-activedescendant", chosen === -1 ? null : `found-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const render = (remark: string): void => {
    setAttribute(input, "aria-expanded", results.length > 0 ? "true" : "false");
    replace(
      list,
      ...results.map((result, index) => {
        const { kind, title, detail } = describe(result);
        return element(
          "li",
          {
            attributes: { id: `found-${index}`, role: "option", "aria-selected": "false" },
            // Before the field loses the focus, and the list with it.
            on: { pointerdown: (event: PointerEvent) => (event.preventDefault(), go(result)) },
          },
          element("span", { class: "found-kind" }, kind),
          element("span", { class: "found-title" }, title),
          element("span", { class: "found-detail" }, detail),
        );
      }),
    );
    nothing.textContent = results.length > 0 ? "" : remark;
    choose(results.length > 0 ? 0 : -1);
  };
  const find = async (): Promise<void> => {
    asking.abort();
    asking = new AbortController();
    const words = input.value.trim();
    if (words === "") return close();
    try {
      const answer = await ask<Search>("search", { words, limit: shownResults }, asking.signal);
      results = answer.found;
      render(`Nothing found for “${words}”`);
      announce(results.length > 0 ? `${counted(answer.matching, "result")}` : "Nothing found");
    } catch (error) {
      if (isAbort(error)) return;
      results = [];
      render(error instanceof RefusedError ? error.message : "The site does not answer");
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => void find(), pauseMs);
  });
  input.addEventListener("focus", () => input.value.trim() !== "" && void find());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const result = results[chosen];
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && result !== undefined) go(result);
    else if (event.key === "Escape") {
      if (input.value === "") input.blur();
      input.value = "";
      close();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  return box;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
