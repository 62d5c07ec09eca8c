/** What a report says, in order: sections of tables, whatever the form that it is written in. */
import type { DeviceState } from "../../site/ports.ts";
import type { ListedAlarm } from "../../functions/alarms/alarm.ts";
import { bytes, count } from "../render/units.ts";
import { mostAlarms, mostRefused, type ReportFacts } from "./facts.ts";

const dayMs = 86_400_000;
/** A certificate that ends within so many days is listed. */
const soonDays = 30;
/** A device that said nothing for so long is listed as silent. */
const silentMs = dayMs;
/** Devices that a list of a report names; the rest is counted. */
const mostListed = 200;

/** Numbers are written as counts. */
export type Cell = string | number;

export interface ReportTable {
  /** Null under the section's own title. */
  readonly title: string | null;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said where there is no row. */
  readonly none: string;
  /** Of what the table leaves out; null where it is whole. */
  readonly note: string | null;
}

export interface ReportSection {
  readonly title: string;
  readonly tables: readonly ReportTable[];
}

export interface ReportContent {
  readonly title: string;
  readonly about: string;
  readonly sections: readonly ReportSection[];
}

export function reportContent(facts: ReportFacts): ReportContent {
  const { at, days, modules, devices, volume, refused } = facts;
  const inForce = devices.filter(({ revoked }) => !revoked);
  const silent = inForce.filter(({ lastSeen }) => lastSeen === null || lastSeen / 1000 < at - silentMs);
  const ending = inForce
    .filter(({ certificateNotAfter: end }) => end !== null && end / 1000 < at + soonDays * dayMs)
    .toSorted((left, right) => Number(left.certificateNotAfter) - Number(right.certificateNotAfter));
  const troubled = Object.entries(modules).filter(([, { state, error }]) => state !== "running" || error);
  const connected = devices.filter((device) => device.connected).length;
  const counts = [devices.length, connected, silent.length, devices.length - inForce.length];
  return {
    title: "Fieldlake report",
    about: `Made at ${new Date(at).toISOString()}. Volume and quarantine: the ${days} days before.`,
    sections: [
      section(
        "Modules",
        table(
          ["module", "state", "trouble"],
          troubled.map(([name, { state, error }]) => [name, state, error ?? ""]),
          "all run without trouble",
        ),
      ),
      section("Alarms", ...alarmsOf(facts)),
      section(
        "Devices",
        table(["known", "connected", "silent for a day", "revoked"], [counts]),
        deviceTable("Silent for a day", "last seen", silent, ({ lastSeen }) => lastSeen),
      ),
      section(
        `Certificates that end within ${soonDays} days`,
        deviceTable(null, "ends", ending, ({ certificateNotAfter }) => certificateNotAfter),
      ),
      section(
        "Rows by day of arrival",
        table(
          ["day", "rows", "devices"],
          volume.map(({ day, rows: sum, devices: of }) => [day, sum, of]),
          "nothing came in",
        ),
      ),
      section("Quarantine", {
        ...table(
          ["device", "reason", "refused by", "messages", "last"],
          refused.map(({ deviceId, reason, codec, messages, last }) => [
            deviceId,
            reason,
            codec,
            messages,
            last,
          ]),
          "nothing was refused",
        ),
        note: refused.length === mostRefused ? `The ${mostRefused} most frequent kinds.` : null,
      }),
      section("Lake", ...lakeTables(facts)),
    ],
  };
}

function alarmsOf({ alarms, endedAlarms, days }: ReportFacts): ReportTable[] {
  const titles = ["raised", "severity", "device", "what", "acknowledged by"];
  if (alarms === null) return [table(titles, [], "nobody looks after alarms at the moment")];
  const note = alarms.matching > mostAlarms ? `The newest ${mostAlarms} of ${count(alarms.matching)}.` : null;
  const ended = endedAlarms.map((alarm) => [...alarmCells(alarm), moment(alarm.clearedAt)]);
  return [
    { ...table(titles, alarms.alarms.map(alarmCells), "none is open"), note },
    { ...table([...titles, "over since"], ended, "none"), title: `Raised within ${days} days and over` },
  ];
}

const alarmCells = ({ raisedAt, severity, device, sub, rule, detail, acknowledged }: ListedAlarm): Cell[] => [
  ...[moment(raisedAt), severity, sub === null ? device : `${device} ${sub}`, `${rule}: ${detail}`],
  acknowledged?.by ?? "",
];

function lakeTables({ lake, log }: ReportFacts): ReportTable[] {
  const { messages, rows, frames, quarantined, duplicates } = lake.pipeline;
  return [
    table(
      ["zone", "files", "size"],
      lake.zones.map(({ zone, files, bytes: size }) => [zone, files, bytes(size)]),
      "no zone",
    ),
    table(
      ["table", "rows", "files", "size"],
      lake.tables.map((one) => [one.table, one.rows, one.files, bytes(one.bytes)]),
      "no table yet",
    ),
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
  ];
}

const section = (title: string, ...tables: readonly ReportTable[]): ReportSection => ({ title, tables });

const table = (titles: readonly string[], rows: readonly (readonly Cell[])[], none = ""): ReportTable => ({
  ...{ title: null, titles, rows, none, note: null },
});

function deviceTable(
  title: string | null,
  time: string,
  devices: readonly DeviceState[],
  timeOf: (device: DeviceState) => number | null,
): ReportTable {
  const rows = devices
    .slice(0, mostListed)
    .map((device) => [device.deviceId, device.profile ?? "", moment(timeOf(device))]);
  const left = devices.length - rows.length;
  const note = left > 0 ? `${count(left)} more are not listed.` : null;
  return { title, titles: ["device", "profile", time], rows, none: "none", note };
}

const moment = (micros: number | null): string =>
  micros === null ? "never" : new Date(micros / 1000).toISOString().slice(0, 16).replace("T", " ");
