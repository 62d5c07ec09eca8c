/** A report as one HTML file: no script, nothing that is fetched, every value of a device escaped. */
import type { DeviceState } from "../../site/ports.ts";
import { bytes, count } from "../render/units.ts";
import { mostRefused, type ReportFacts } from "./facts.ts";

const dayMs = 86_400_000;
/** A certificate that ends within so many days is listed. */
const soonDays = 30;
/** A device that said nothing for so long is listed as silent. */
const silentMs = dayMs;
/** Devices that a list of a report names; the rest is counted. */
const mostListed = 200;

type Cell = string | number;

export function reportHtml(facts: ReportFacts): string {
  const { at, days, modules, devices, lake, log, volume, refused } = facts;
  const made = new Date(at).toISOString();
  const inForce = devices.filter(({ revoked }) => !revoked);
  const silent = inForce.filter(({ lastSeen }) => lastSeen === null || lastSeen / 1000 < at - silentMs);
  const ending = inForce
    .filter(({ certificateNotAfter: end }) => end !== null && end / 1000 < at + soonDays * dayMs)
    .toSorted((left, right) => Number(left.certificateNotAfter) - Number(right.certificateNotAfter));
  const troubled = Object.entries(modules).filter(([, { state, error }]) => state !== "running" || error);
  const { messages, rows, frames, quarantined, duplicates } = lake.pipeline;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Fieldlake report ${made.slice(0, 10)}</title>
<style>${style}</style>
</head>
<body>
<h1>Fieldlake report</h1>
<p>Made at ${made}. Volume and quarantine: the ${days} days before.</p>
${section(
  "Modules",
  table(
    ["module", "state", "trouble"],
    troubled.map(([name, { state, error }]) => [name, state, error ?? ""]),
    "all run without trouble",
  ),
)}
${section(
  "Devices",
  table(
    ["known", "connected", "silent for a day", "revoked"],
    [[devices.length, connected(devices), silent.length, devices.length - inForce.length]],
  ) +
    "<h3>Silent for a day</h3>" +
    table(
      ["device", "profile", "last seen"],
      listed(silent, (device) => [...named(device), moment(device.lastSeen)]),
      "none",
    ) +
    rest(silent.length),
)}
${section(
  `Certificates that end within ${soonDays} days`,
  table(
    ["device", "profile", "ends"],
    listed(ending, (device) => [...named(device), moment(device.certificateNotAfter)]),
    "none",
  ) + rest(ending.length),
)}
${section(
  "Rows by day of arrival",
  table(
    ["day", "rows", "devices"],
    volume.map(({ day, rows: sum, devices: of }) => [day, sum, of]),
    "nothing came in",
  ),
)}
${section(
  "Quarantine",
  table(
    ["device", "reason", "refused by", "messages", "last"],
    refused.map(({ deviceId, reason, codec, messages: sum, last }) => [deviceId, reason, codec, sum, last]),
    "nothing was refused",
  ) + (refused.length === mostRefused ? `<p>The ${mostRefused} most frequent kinds.</p>` : ""),
)}
${section(
  "Lake",
  table(
    ["zone", "files", "size"],
    lake.zones.map(({ zone, files, bytes: size }) => [zone, files, bytes(size)]),
  ) +
    table(
      ["table", "rows", "files", "size"],
      lake.tables.map((one) => [one.table, one.rows, one.files, bytes(one.bytes)]),
      "no table yet",
    ) +
    table(
      [
        "messages",
        "rows",
        "samples of frames",
        "quarantined",
        "repeats dropped",
        "on the way",
        "damaged records",
      ],
      [[messages, rows, frames, quarantined, duplicates, log?.lag ?? 0, log?.damaged ?? 0]],
    ),
)}
</body>
</html>
`;
}

const connected = (devices: readonly DeviceState[]): number =>
  devices.filter((device) => device.connected).length;
const named = ({ deviceId, profile }: DeviceState): Cell[] => [deviceId, profile ?? ""];
const moment = (micros: number | null): string =>
  micros === null ? "never" : new Date(micros / 1000).toISOString().slice(0, 16).replace("T", " ");

function listed(devices: readonly DeviceState[], cells: (device: DeviceState) => Cell[]): Cell[][] {
  return devices.slice(0, mostListed).map(cells);
}

const rest = (all: number): string =>
  all > mostListed ? `<p>${count(all - mostListed)} more are not listed.</p>` : "";

const section = (title: string, body: string): string =>
  `<section><h2>${escaped(title)}</h2>${body}</section>`;

/** `none` is said where there is no row. */
function table(titles: readonly string[], rows: readonly (readonly Cell[])[], none = ""): string {
  if (rows.length === 0) return `<p>${escaped(none)}</p>`;
  const head = titles.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map(cell).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

const cell = (value: Cell): string =>
  typeof value === "number" ? `<td class="number">${count(value)}</td>` : `<td>${escaped(value)}</td>`;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

const style = `
body { font: 15px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse; margin: 0.5rem 0 1rem }
th, td { padding: 0.2rem 1.2rem 0.2rem 0; border-bottom: 1px solid #d5d9de; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
@media print { section { break-inside: avoid-page } body { margin: 0 } }
`;
