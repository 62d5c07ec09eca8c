/** What a report of a running site says, in order. */
import type { DeviceState } from "../../site/ports.ts";
import { bytes } from "../render/units.ts";
import { alarmTables } from "./alarms.ts";
import { mostRefused, type ReportFacts } from "./facts.ts";
import { deviceTable, moment, section, table, type ReportContent, type ReportTable } from "./tables.ts";

const dayMs = 86_400_000;
/** A certificate that ends within so many days is listed. */
const soonDays = 30;
/** A device that said nothing for so long is listed as silent. */
const silentMs = dayMs;

export function reportContent(facts: ReportFacts): ReportContent {
  const { at, days, alarms, modules, devices, volume, refused } = facts;
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
      section("Alarms", ...alarmTables(alarms, days)),
      section("Devices", table(["known", "connected", "silent for a day", "revoked"], [counts]), {
        ...devicesBy("last seen", silent, ({ lastSeen }) => lastSeen),
        title: "Silent for a day",
      }),
      section(
        `Certificates that end within ${soonDays} days`,
        devicesBy("ends", ending, ({ certificateNotAfter }) => certificateNotAfter),
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

const devicesBy = (
  time: string,
  devices: readonly DeviceState[],
  timeOf: (device: DeviceState) => number | null,
): ReportTable =>
  deviceTable(["device", "profile", time], devices, (device) => [
    ...[device.deviceId, device.profile ?? "", moment(timeOf(device))],
  ]);
