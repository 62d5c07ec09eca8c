/**
 * Messages of a cloud's raw zone through a newer decoder, an hour's devices at a time; ended in the middle, a second run
 * does the rest.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inEngine } from "../adapters/duckdb-engine.ts";
import type { Message } from "../core/model.ts";
import { quarantineTable } from "../core/table.ts";
import { clearReplayed } from "./abandoned.ts";
import { tablesOf } from "./day-files.ts";
import { FetchedFiles } from "./fetched-files.ts";
import { entriesOf, orphansIn } from "./orphans.ts";
import { hoursOf, liveFolder, rawObjects, readRaw } from "./raw-messages.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayPlaces } from "./replay-options.ts";
import { decodeSlice } from "./replay-slice.ts";
import { isOfDecoder, Superseding } from "./superseding.ts";

/** Raw bytes, compressed, whose messages are decoded together. */
const sliceBytes = 4 * 2 ** 20;

export async function replayLake(
  places: ReplayPlaces,
  options: LakeReplayOptions,
  ports: LakeReplayPorts,
): Promise<void> {
  const { from, to, tenant } = options;
  if (!options.dryRun) ports.onCleared(await clearLeft(places, ports));
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-replay-"));
  try {
    await inEngine(folder, ports.memory, async (connection) => {
      const fetched = new FetchedFiles(folder, ports.objects);
      const superseding = new Superseding(places, options, ports, connection, folder, fetched);
      const hoursIn = (container: string, below: string) => hoursOf(container, below, from, to, ports.list);
      const hours = [
        ...(await hoursIn(places.raw, liveFolder)),
        ...(await hoursIn(places.quarantine, `${quarantineTable.name}/`)),
      ];
      for (const hour of [...new Set(hours)].toSorted((one, other) => one - other)) {
        const objects = await rawObjects(places.raw, hour, ports.list);
        const entries = await entriesOf(places.quarantine, hour, ports, fetched);
        const bytes = objects.reduce((sum, object) => sum + object.bytes, entries.bytes);
        const parts = Math.ceil(bytes / sliceBytes);
        for (let part = 0; part < parts; part++) {
          const isWanted = (deviceId: string) => partOf(deviceId, parts) === part;
          let damaged = 0;
          const messages: Message[] = [];
          for (const { key } of objects) {
            const read = readRaw(await ports.objects.read(places.raw, key), tenant);
            damaged += read.damaged;
            for (const message of read.messages)
              if (message.receivedAt >= from && message.receivedAt < to && isWanted(message.deviceId))
                messages.push(message);
          }
          const wanted = { tenant, messages, from, to, isWanted };
          const orphans = await orphansIn(connection, entries.files, wanted);
          const slice = decodeSlice(messages, orphans, options.codec.name, ports.codecOf, ports.decoder);
          const done = await superseding.supersede(
            slice,
            hour,
            objects.map(({ key }) => key),
          );
          const { messages: count, fromQuarantine, kept, unreplayable } = slice;
          const counts = { messages: count, fromQuarantine, kept, unreplayable };
          ports.onSlice({ hour, ...counts, damaged: part === 0 ? damaged : 0, ...done });
        }
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files that runs left which ended early, whenever that was. */
async function clearLeft({ curated, quarantine }: ReplayPlaces, ports: LakeReplayPorts): Promise<number> {
  let cleared = 0;
  for (const container of [curated, quarantine])
    for (const table of await tablesOf(container, ports.list))
      if (isOfDecoder(table)) cleared += await clearReplayed(container, table, 0, ports);
  return cleared;
}

/** All messages of a device are in one part. */
const partOf = (deviceId: string, parts: number): number =>
  createHash("sha256").update(deviceId).digest().readUInt32BE() % parts;
