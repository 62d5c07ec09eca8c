/** Elements from plain data. Received text only ever becomes text nodes and attributes, never markup. */

export type Child = Node | string | null | undefined | false;

export interface Properties {
  readonly class?: string;
  /** `true` sets a bare attribute; `false`, `null` and `undefined` leave it out. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly on?: Readonly<Record<string, (event: never) => void>>;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) setAttribute(made, name, value);
  for (const [type, listener] of Object.entries(properties.on ?? {})) {
    made.addEventListener(type, listener as EventListener);
  }
  made.append(...present(children));
  return made;
}

const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child) => child !== null && child !== undefined && child !== false);

/** `true` becomes `"true"` for ARIA, where a bare attribute would mean false (WAI-ARIA 1.2, 6.2.4). */
export function setAttribute(
  target: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  if (value === null || value === undefined || value === false) {
    target.removeAttribute(name);
    return;
  }
  const text = value === true ? (name.startsWith("aria-") ? "true" : "") : String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/** Touches the document only where the text differs: selections and screen readers stay undisturbed. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function replace(target: Element, ...children: readonly Child[]): void {
  target.replaceChildren(...present(children));
}

/** Makes the children of `parent` those of `items`, in order, and keeps the elements of items that were there before. */
export function reconcile<Item, Made extends HTMLElement>(
  parent: HTMLElement,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  create: (item: Item) => Made,
  update: (made: Made, item: Item) => void,
): void {
  const former = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset["key"], child]));
  let place: Element | null = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const known = former.get(key) as Made | undefined;
    former.delete(key);
    const made = known ?? create(item);
    made.dataset["key"] = key;
    update(made, item);
    if (made === place) place = place.nextElementSibling;
    else parent.insertBefore(made, place);
  }
  for (const gone of former.values()) gone.remove();
}

/** Finds what the document is known to hold. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element with the id ${id}`);
  return found;
}

export const visuallyHidden = (text: string): HTMLElement =>
  element("span", { class: "visually-hidden" }, text);
