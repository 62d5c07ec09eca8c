/** Facts of a report of a stack in a cloud: what its services say from outside, without a question to its lake. */
import { X509Certificate } from "node:crypto";
import type { BlobList } from "../../functions/adapters/blob-list.ts";
import { firstOf, type First } from "../../functions/core/first-of.ts";
import type { LatestState } from "../../functions/ports.ts";
import type { CertificateRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { alarmFacts, type AlarmFacts, type AskAlarms } from "./alarms.ts";
import { asked, type Asked } from "./asked.ts";
import { mostListed } from "./tables.ts";

const dayMs = 86_400_000;
/** Days within which an end is told of. */
export const soonDays = 30;
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
  /** Null where there is none, or not within reach. */
  readonly registry: Pick<FleetRegistry, "devices" | "certificates"> | null;
  /** PEM of the certificate that signs devices. */
  readonly issuer: string;
  readonly files: BlobList;
  readonly zones: readonly CloudZone[];
}

/** Files of a table that lie below a day. */
export interface DayFiles {
  readonly zone: CloudZone["zone"];
  readonly day: string;
  readonly table: string;
  readonly files: number;
  readonly bytes: number;
}

export interface Registered {
  readonly devices: number;
  /** The soonest first. */
  readonly ending: First<CertificateRecord>;
}

export interface CloudFacts {
  /** Of the stack, or of its environment. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** That files and alarms look back on. */
  readonly days: number;
  readonly alarms: Asked<AlarmFacts | null>;
  readonly silent: Asked<readonly { readonly deviceId: string; readonly lastSeen: number }[]>;
  /** Null without a registry. */
  readonly registered: Asked<Registered | null>;
  /** When the certificate that signs devices ends, milliseconds since 1970. */
  readonly issuerEnds: Asked<number>;
  readonly files: Asked<readonly DayFiles[]>;
}

/** Never rejects: what could not be asked says why. However large the fleet is, what it lists of it is not. */
export async function cloudFacts(
  name: string,
  source: CloudSource,
  days: number,
  now: number,
): Promise<CloudFacts> {
  const { alarms, latest, registry, issuer } = source;
  return {
    ...{ name, at: now, days },
    alarms: await asked("alarms", async () => (alarms === null ? null : alarmFacts(alarms, days, now))),
    silent: await asked("silent devices", () => latest.silentSince((now - dayMs) * 1000, mostSilent)),
    registered: await asked("the registry", async () =>
      registry === null ? null : registeredOf(registry, now),
    ),
    issuerEnds: await asked("the issuer", async () => new X509Certificate(issuer).validToDate.getTime()),
    files: await asked("files", () => dayFiles(source, days, now)),
  };
}

/** What could not be asked, and why. */
export const missingOf = ({ alarms, silent, registered, issuerEnds, files }: CloudFacts): readonly string[] =>
  [alarms, silent, registered, issuerEnds, files].flatMap((one) => ("missing" in one ? [one.missing] : []));

async function registeredOf(
  registry: Pick<FleetRegistry, "devices" | "certificates">,
  now: number,
): Promise<Registered> {
  let devices = 0;
  for await (const _device of registry.devices()) devices += 1;
  const ending = firstOf<CertificateRecord>(
    mostListed,
    (one, other) => Number(one.notAfter) - Number(other.notAfter),
  );
  const expiresBefore = new Date(now + soonDays * dayMs);
  // A superseded one may end: its device has another.
  for await (const one of registry.certificates({ states: ["issued", "active"], expiresBefore }))
    ending.add(one);
  return { devices, ending: ending.found() };
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
