/** What a report of a stack in a cloud says, of its facts. */
import { bytes } from "../render/units.ts";
import { alarmTables } from "./alarms.ts";
import { known, type Asked } from "./asked.ts";
import { missingOf, soonDays, type CloudFacts, type CloudZone, type Registered } from "./cloud-facts.ts";
import {
  deviceTable,
  moment,
  mostListed,
  section,
  table,
  type ReportContent,
  type ReportTable,
} from "./tables.ts";

export function cloudContent(facts: CloudFacts): ReportContent {
  const { name, at, days, alarms, silent, registered } = facts;
  const missing = missingOf(facts);
  return {
    title: `Fieldlake report: ${name}`,
    about: `Made at ${new Date(at).toISOString()}. Files and alarms: the ${days} days before.`,
    sections: [
      ...(missing.length === 0
        ? []
        : [
            section(
              "This report is not whole",
              table(
                ["what could not be asked, and why"],
                missing.map((one) => [one]),
              ),
            ),
          ]),
      section("Alarms", ...known(alarms, (one) => alarmTables(one, days))),
      section(
        "Devices",
        ...known(registered, (one) => (one === null ? [] : [table(["registered"], [[one.devices]])])),
        ...known(silent, (devices) => [silentTable(devices)]),
      ),
      section(`Certificates that end within ${soonDays} days`, ...certificateTables(registered)),
      section(
        "The certificate that signs devices",
        ...known(facts.issuerEnds, (ends) => [table(["ends"], [[moment(ends * 1000)]])]),
      ),
      section("Files by day of measurement", ...filesOf(facts, "curated", "nothing was measured")),
      section("Quarantine by day of arrival", ...filesOf(facts, "quarantine", "nothing was refused", why)),
    ],
  };
}

const why = "Why: SELECT reason, count(*) FROM quarantine GROUP BY 1, by the stack's output `sql`.";

function silentTable(
  silent: readonly { readonly deviceId: string; readonly lastSeen: number }[],
): ReportTable {
  const rows = silent.slice(0, mostListed).map(({ deviceId, lastSeen }) => [deviceId, moment(lastSeen)]);
  const note = silent.length > mostListed ? "More are not listed." : null;
  return { ...table(["device", "last seen"], rows, "none"), title: "Silent for a day", note };
}

const certificateTables = (registered: Asked<Registered | null>): readonly ReportTable[] =>
  known(registered, (one) => [
    one === null
      ? table(
          [],
          [],
          "no registry of the fleet is at hand: it is kept on a machine, whose own report tells of them",
        )
      : deviceTable(
          ["device", "serial", "ends"],
          one.ending.first,
          ({ deviceId, serial, notAfter }) => [deviceId, serial, moment(notAfter.getTime() * 1000)],
          one.ending.count,
        ),
  ]);

const filesOf = (
  { files }: CloudFacts,
  zone: CloudZone["zone"],
  none: string,
  note: string | null = null,
): readonly ReportTable[] =>
  known(files, (all) => [
    {
      ...table(
        ["day", "table", "files", "size"],
        all
          .filter((one) => one.zone === zone)
          .toSorted((one, other) => one.day.localeCompare(other.day) || one.table.localeCompare(other.table))
          .map((one) => [one.day, one.table, one.files, bytes(one.bytes)]),
        none,
      ),
      note,
    },
  ]);
