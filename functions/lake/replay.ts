/**
 * What a cloud's raw zone holds through a newer decoder: messages an hour's devices at a time, uploaded files some at a time.
 * Ended in the middle, a second run does the rest.
 */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { inScratch } from "../adapters/duckdb-engine.ts";
import type { ListedBlob } from "../adapters/blob-list.ts";
import type { Message } from "../core/model.ts";
import { quarantineTable } from "../core/table.ts";
import type { ObjectStore } from "../ports.ts";
import { clearReplayed } from "./abandoned.ts";
import { tablesOf } from "./day-files.ts";
import { FetchedFiles } from "./fetched-files.ts";
import { FreshFiles } from "./fresh-files.ts";
import { entriesOf, orphansIn, type OrphanOptions } from "./orphans.ts";
import { hourMicros, hoursOf, liveFolder, rawObjects, readRaw } from "./raw-messages.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayPlaces } from "./replay-options.ts";
import { decodeSlice, learnBirths } from "./replay-slice.ts";
import { decodeUploads } from "./replay-uploads.ts";
import { storedUploads, type StoredUploads, type UploadGroup } from "./stored-uploads.ts";
import { isOfDecoder, Superseding } from "./superseding.ts";
import { renewManifest } from "./renewed-manifest.ts";

/** Raw bytes, compressed, whose messages are decoded together. */
const sliceBytes = 4 * 2 ** 20;
/** Of uploaded files, whose rows wait on disk and not in memory. */
const uploadBytes = 64 * 2 ** 20;

export async function replayLake(
  places: ReplayPlaces,
  options: LakeReplayOptions,
  ports: LakeReplayPorts,
): Promise<void> {
  if (!options.dryRun) ports.onCleared(await clearLeft(places, ports));
  await inScratch("replay", ports.memory, async (connection, folder) => {
    const fetched = new FetchedFiles(folder, ports.objects);
    const superseding = new Superseding(places, options, ports, connection, folder, fetched);
    const fresh = new FreshFiles(folder, places, options.files.codec);
    const replay = { places, options, ports, connection, fetched, superseding, fresh };
    const uploads = await storedUploads(places, options, { ...ports, files: ports.uploads.files });
    await replayMessages(replay, uploads);
    for (const groups of portionsOf(uploads.groups)) await replayUploads(replay, groups);
  });
}

interface Replay {
  readonly places: ReplayPlaces;
  readonly options: LakeReplayOptions;
  readonly ports: LakeReplayPorts;
  readonly connection: DuckDBConnection;
  readonly fetched: FetchedFiles;
  readonly superseding: Superseding;
  /** Empty between two slices. */
  readonly fresh: FreshFiles;
}

async function replayMessages(
  { places, options, ports, connection, fetched, superseding, fresh }: Replay,
  uploads: StoredUploads,
): Promise<void> {
  const { from, to, tenant, codec } = options;
  const { codecOf, decoder } = ports;
  const hoursIn = (container: string, below: string) => hoursOf(container, below, from, to, ports.list);
  const hours = [
    ...(await hoursIn(places.raw, liveFolder)),
    ...(await hoursIn(places.quarantine, `${quarantineTable.name}/`)),
  ];
  if (options.needsBirths) await learnBefore(places.raw, options, ports);
  for (const hour of [...new Set(hours)].toSorted((one, other) => one - other)) {
    const objects = await rawObjects(places.raw, hour, ports.list);
    const entries = await entriesOf(places.quarantine, hour, ports, fetched);
    for (const { isWanted, isFirst } of partsOf(bytesOf(objects) + entries.bytes)) {
      const asked = { tenant, from, to, isWanted };
      const { messages, damaged } = await readHour(places.raw, objects, asked, ports.objects);
      const wanted = { ...asked, messages, hasFile: uploads.has };
      const orphans = await orphansIn(connection, entries.files, wanted);
      const { keys, blocks, ...counts } = decodeSlice(messages, orphans, codec.name, codecOf, decoder);
      await fresh.write(blocks);
      const done = await superseding.supersede(
        { lane: "live", keys, rows: fresh.all, ...counts },
        hour,
        objects.map(({ key }) => key),
      );
      await fresh.back(0);
      ports.onSlice({ hour, files: 0, ...counts, damaged: isFirst ? damaged : 0, ...done });
    }
  }
}

/** Births that came shortly before the range. */
async function learnBefore(
  raw: string,
  { from, tenant, codec }: LakeReplayOptions,
  { list, objects, codecOf, decoder }: LakeReplayPorts,
): Promise<void> {
  const since = from - hourMicros;
  for (const hour of await hoursOf(raw, liveFolder, since, from, list)) {
    const found = await rawObjects(raw, hour, list);
    for (const { isWanted } of partsOf(bytesOf(found))) {
      const { messages } = await readHour(raw, found, { tenant, from: since, to: from, isWanted }, objects);
      learnBirths(messages, codec.name, codecOf, decoder);
    }
  }
}

async function readHour(
  raw: string,
  objects: readonly ListedBlob[],
  { tenant, from, to, isWanted }: Pick<OrphanOptions, "tenant" | "from" | "to" | "isWanted">,
  store: Pick<ObjectStore, "read">,
): Promise<{ readonly messages: readonly Message[]; readonly damaged: number }> {
  let damaged = 0;
  const messages: Message[] = [];
  for (const { key } of objects) {
    const read = readRaw(await store.read(raw, key), tenant);
    damaged += read.damaged;
    for (const message of read.messages)
      if (message.receivedAt >= from && message.receivedAt < to && isWanted(message.deviceId))
        messages.push(message);
  }
  return { messages, damaged };
}

async function replayUploads(
  { places, options, ports, superseding, fresh }: Replay,
  groups: readonly UploadGroup[],
): Promise<void> {
  const { keys, manifests, messages, files } = await decodeUploads(
    places.raw,
    groups,
    ports.uploads,
    fresh,
    ports.onLeft,
  );
  const arrival = groups[0]?.arrival ?? 0;
  const hour = arrival - (arrival % hourMicros);
  const done = await superseding.supersede(
    { lane: "offline", keys, rows: fresh.all, messages, fromQuarantine: 0 },
    hour,
    groups.flatMap(({ own }) => own.map(({ key }) => key)),
  );
  await fresh.back(0);
  // Behind the rows: what is told of a file is what the lake has of it.
  if (!options.dryRun)
    for (const manifest of manifests) await renewManifest(places.curated, manifest, options.run, ports.kept);
  ports.onSlice({
    ...{ hour, messages, files, kept: 0, unborn: [], fromQuarantine: 0, unreplayable: 0, damaged: 0 },
    ...done,
  });
}

/** Some files together: finding the rows that they had reads all files that came since. */
function portionsOf(groups: readonly UploadGroup[]): UploadGroup[][] {
  const portions: UploadGroup[][] = [];
  let bytes = Infinity;
  for (const group of groups) {
    if (bytes >= uploadBytes) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)?.push(group);
    bytes += group.own.reduce((sum, file) => sum + file.bytes, 0);
  }
  return portions;
}

/** Files that runs left which ended early, whenever that was. */
async function clearLeft({ curated, quarantine }: ReplayPlaces, ports: LakeReplayPorts): Promise<number> {
  let cleared = 0;
  for (const container of [curated, quarantine])
    for (const table of await tablesOf(container, ports.list))
      if (isOfDecoder(table)) cleared += await clearReplayed(container, table, 0, ports);
  return cleared;
}

const bytesOf = (objects: readonly ListedBlob[]): number =>
  objects.reduce((sum, { bytes }) => sum + bytes, 0);

interface Part {
  isWanted(deviceId: string): boolean;
  readonly isFirst: boolean;
}

/** All messages of a device are in one part. */
function partsOf(bytes: number): Part[] {
  const count = Math.ceil(bytes / sliceBytes);
  const partOf = (deviceId: string): number =>
    createHash("sha256").update(deviceId).digest().readUInt32BE() % count;
  return Array.from({ length: count }, (_, part) => ({
    isWanted: (deviceId) => partOf(deviceId) === part,
    isFirst: part === 0,
  }));
}
