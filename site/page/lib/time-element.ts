/** Local time to read, UTC on hover, ISO 8601 for machines. */
import { element, setAttribute, setText } from "./dom.ts";
import { formatAgo, formatTime, formatUtc } from "./format.ts";

export function timeElement(time: number): HTMLTimeElement {
  const made = element("time");
  setTime(made, time, formatTime(time));
  return made;
}

/** How long ago, with the full local and UTC time on hover. */
export function setAgo(target: HTMLTimeElement, time: number, now: number): void {
  setTime(target, time, formatAgo(time, now));
}

export function setTime(target: HTMLTimeElement, time: number, text: string): void {
  const date = new Date(time);
  setText(target, text);
  setAttribute(target, "datetime", date.toISOString());
  setAttribute(target, "title", `${formatUtc(time)}\n${date.toLocaleString()}`);
}
