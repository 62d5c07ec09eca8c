/** A titled box of a view, and what it says while it has nothing to show. */
import { RefusedError } from "./api.ts";
import { element, replace, type Child } from "./dom.ts";
import { icon } from "./icons.ts";

export interface Panel {
  readonly element: HTMLElement;
  /** Right of the title: a short remark or figures. */
  readonly note: HTMLElement;
  readonly body: HTMLElement;
}

export interface PanelOptions {
  readonly title: string;
  /** Also the id of the title. */
  readonly name: string;
  /** In the head, behind the note. */
  readonly actions?: readonly Child[];
}

export function panel({ title, name, actions = [] }: PanelOptions, ...body: readonly Child[]): Panel {
  const note = element("p", { class: "panel-note" });
  const content = element("div", { class: "panel-body" }, ...body);
  const made = element(
    "section",
    { class: `panel panel-${name}`, attributes: { "aria-labelledby": `${name}-title` } },
    element(
      "div",
      { class: "panel-head" },
      element("h2", { attributes: { id: `${name}-title` } }, title),
      note,
      actions.length > 0 && element("div", { class: "panel-actions" }, ...actions),
    ),
    content,
  );
  return { element: made, note, body: content };
}

/** One place for "nothing yet", "nothing found" and "could not": over the content, so that nothing jumps. */
export class Notice {
  readonly element = element("div", { class: "notice", attributes: { hidden: true } });
  #shown = "";

  show(text: string, hint?: string): void {
    this.#set(
      "notice",
      text,
      element("p", {}, text),
      hint !== undefined && element("p", { class: "hint" }, hint),
    );
  }

  /** What the server said, where it refused; other errors are not for here and are thrown on. */
  fail(error: unknown): void {
    if (!(error instanceof RefusedError)) throw error;
    this.#set("notice notice-error", error.message, icon("warning"), element("p", {}, error.message));
    this.element.setAttribute("role", "alert");
  }

  hide(): void {
    this.element.hidden = true;
    this.#shown = "";
  }

  #set(kind: string, key: string, ...children: readonly Child[]): void {
    if (this.#shown === `${kind}:${key}`) return;
    this.#shown = `${kind}:${key}`;
    this.element.className = kind;
    this.element.removeAttribute("role");
    this.element.hidden = false;
    replace(this.element, ...children);
  }
}
