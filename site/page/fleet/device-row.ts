/** One device: its state by shape, colour and word, when it was last heard, how long its certificate lasts. */
import type { DeviceState } from "../../ports.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { formatDuration, formatUtc } from "../lib/format.ts";
import { setAgo } from "../lib/time-element.ts";

/** Days before its end from which a certificate is worth a warning. */
const warnDays = 14;
const dayMs = 86_400_000;

export type DeviceRow = HTMLLIElement;

type State = "online" | "offline" | "silent" | "revoked";

const words: Readonly<Record<State, string>> = {
  online: "online",
  offline: "offline",
  silent: "never connected",
  revoked: "revoked",
};

export function createDevice(deviceId: string, choose: (deviceId: string) => void): DeviceRow {
  return element(
    "li",
    {},
    element(
      "button",
      { class: "device", attributes: { type: "button" }, on: { click: () => choose(deviceId) } },
      element("span", { class: "dot", attributes: { "aria-hidden": "true" } }),
      element("span", { class: "device-id", attributes: { title: deviceId } }, deviceId),
      element("span", { class: "device-seen" }, element("span"), element("time")),
      element("span", { class: "device-profile" }),
      element("span", { class: "device-certificate" }),
    ),
  );
}

export function updateDevice(
  row: DeviceRow,
  device: DeviceState,
  { now, isChosen }: { now: number; isChosen: boolean },
): void {
  const find = <Found extends HTMLElement>(selector: string): Found => row.querySelector(selector) as Found;
  const state = stateOf(device);
  setAttribute(find("button"), "aria-current", isChosen);
  setAttribute(find(".dot"), "data-state", state);
  setText(find(".device-profile"), device.profile ?? "no profile");

  const seen = find<HTMLTimeElement>("time");
  const word = find(".device-seen > span");
  setText(word, words[state]);
  // The dot says it; the word is for those who don't see it.
  word.className = state === "online" && device.lastSeen !== null ? "visually-hidden" : "";
  if (device.lastSeen === null) seen.textContent = "";
  else setAgo(seen, device.lastSeen / 1000, now);

  const certificate = certificateText(device.certificateNotAfter, now);
  const place = find(".device-certificate");
  setText(place, certificate.text);
  setAttribute(place, "title", certificate.title);
  setAttribute(place, "data-warn", certificate.isWarning && !device.revoked);
}

/** Online is a matter of the open session and of what the device says of itself on its status topic. */
function stateOf({ revoked, connected, online }: DeviceState): State {
  if (revoked) return "revoked";
  if (connected) return online === false ? "offline" : "online";
  return online === null ? "silent" : "offline";
}

function certificateText(notAfterMicros: number | null, now: number) {
  if (notAfterMicros === null) return { text: "", title: null, isWarning: false };
  const notAfter = notAfterMicros / 1000;
  const left = notAfter - now;
  const text = left <= 0 ? "certificate expired" : `certificate ${formatDuration(left)}`;
  return { text, title: `valid until ${formatUtc(notAfter)}`, isWarning: left < warnDays * dayMs };
}
