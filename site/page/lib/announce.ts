/** Says something to screen readers, once, without moving the focus. */
import { byId } from "./dom.ts";

let clearing: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  const announcer = byId("announcer");
  clearTimeout(clearing);
  announcer.textContent = text;
  // The same text twice in a row would not be a change.
  clearing = setTimeout(() => (announcer.textContent = ""), 5000);
}
