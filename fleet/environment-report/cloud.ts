/** A report of a stack in a cloud: what its services say from outside, without a question to its lake. */
import type { BlobList } from "../../functions/adapters/blob-list.ts";
import type { LatestState } from "../../functions/ports.ts";
import type { CertificateRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { bytes } from "../render/units.ts";
import { alarmFacts, alarmTables, type AlarmFacts, type AskAlarms } from "./alarms.ts";
import { deviceTable, moment, mostListed, section, table, type ReportContent } from "./tables.ts";

const dayMs = 86_400_000;
const soonDays = 30;
/** Silent devices that are asked for: one more than are listed tells that there are more. */
const mostSilent = mostListed + 1;

export interface CloudZone {
  readonly zone: "curated" | "quarantine";
  /** Bucket, or address of a container. */
  readonly place: string;
}

export interface CloudSource {
  /** Null where the stack has no rules. */
  readonly alarms: AskAlarms | null;
  readonly latest: Pick<LatestState, "silentSince">;
  /** Null where there is none, or not on this machine. */
  readonly registry: Pick<FleetRegistry, "counts" | "certificates"> | null;
  readonly files: BlobList;
  readonly zones: readonly CloudZone[];
}

/** Files of a table that lie below a day. */
interface DayFiles {
  readonly zone: CloudZone["zone"];
  readonly day: string;
  readonly table: string;
  readonly files: number;
  readonly bytes: number;
}

export interface CloudFacts {
  readonly stack: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** That files and alarms look back on. */
  readonly days: number;
  readonly alarms: AlarmFacts | null;
  readonly silent: readonly { readonly deviceId: string; readonly lastSeen: number }[];
  /** Null without a registry. */
  readonly registered: { readonly devices: number; readonly ending: readonly CertificateRecord[] } | null;
  readonly files: readonly DayFiles[];
}

export async function cloudFacts(
  stack: string,
  source: CloudSource,
  days: number,
  now: number,
): Promise<CloudFacts> {
  const { alarms, latest, registry } = source;
  return {
    ...{ stack, at: now, days },
    alarms: alarms === null ? null : await alarmFacts(alarms, days, now),
    silent: await latest.silentSince((now - dayMs) * 1000, mostSilent),
    registered: registry === null ? null : await registeredOf(registry, now),
    files: await dayFiles(source, days, now),
  };
}

async function registeredOf(registry: Pick<FleetRegistry, "counts" | "certificates">, now: number) {
  const { devices } = await registry.counts();
  const ending: CertificateRecord[] = [];
  const expiresBefore = new Date(now + soonDays * dayMs);
  // A superseded one may end: its device has another.
  for await (const one of registry.certificates({ states: ["issued", "active"], expiresBefore }))
    ending.push(one);
  return { devices, ending: ending.toSorted((one, other) => Number(one.notAfter) - Number(other.notAfter)) };
}

/** By the days that files are named by: only these are listed, however large the lake is. */
async function dayFiles(
  { files, zones }: Pick<CloudSource, "files" | "zones">,
  days: number,
  now: number,
): Promise<DayFiles[]> {
  const found: DayFiles[] = [];
  const names = Array.from({ length: days + 1 }, (_, back) => dayOf(now - (days - back) * dayMs));
  for (const { zone, place } of zones) {
    // Manifests and records of our own begin with an underscore.
    const tables = (await files.level(place, "")).folders.filter((name) => !name.startsWith("_"));
    for (const folder of tables) {
      const present = (await files.level(place, folder)).folders;
      for (const day of names) {
        const prefix = `${folder}dt=${day}/`;
        if (!present.includes(prefix)) continue;
        const blobs = await files.all(place, prefix);
        const sum = blobs.reduce((total, one) => total + one.bytes, 0);
        found.push({ zone, day, table: folder.slice(0, -1), files: blobs.length, bytes: sum });
      }
    }
  }
  return found;
}

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

export function cloudContent({
  stack,
  at,
  days,
  alarms,
  silent,
  registered,
  files,
}: CloudFacts): ReportContent {
  const filesOf = (zone: CloudZone["zone"], none: string) =>
    table(
      ["day", "table", "files", "size"],
      files
        .filter((one) => one.zone === zone)
        .toSorted((one, other) => one.day.localeCompare(other.day) || one.table.localeCompare(other.table))
        .map((one) => [one.day, one.table, one.files, bytes(one.bytes)]),
      none,
    );
  const moreSilent = silent.length > mostListed ? "More are not listed." : null;
  return {
    title: `Fieldlake report: ${stack}`,
    about: `Made at ${new Date(at).toISOString()}. Files and alarms: the ${days} days before.`,
    sections: [
      section("Alarms", ...alarmTables(alarms, days)),
      section("Devices", ...(registered === null ? [] : [table(["registered"], [[registered.devices]])]), {
        ...table(
          ["device", "last seen"],
          silent.slice(0, mostListed).map(({ deviceId, lastSeen }) => [deviceId, moment(lastSeen)]),
          "none",
        ),
        ...{ title: "Silent for a day", note: moreSilent },
      }),
      section(
        `Certificates that end within ${soonDays} days`,
        registered === null
          ? table([], [], "no registry of the fleet is at hand")
          : deviceTable(["device", "serial", "ends"], registered.ending, ({ deviceId, serial, notAfter }) => [
              ...[deviceId, serial, moment(notAfter.getTime() * 1000)],
            ]),
      ),
      section("Files by day of measurement", filesOf("curated", "nothing was measured")),
      section("Quarantine by day of arrival", {
        ...filesOf("quarantine", "nothing was refused"),
        note: "Why: SELECT reason, count(*) FROM quarantine GROUP BY 1, by the stack's output `sql`.",
      }),
    ],
  };
}
