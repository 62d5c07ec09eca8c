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
import { rawHours, rawObjects, readRaw } from "./raw-messages.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayPlaces } from "./replay-options.ts";
import { decodeSlice } from "./replay-slice.ts";
import { Superseding } from "./superseding.ts";

/** Raw bytes, compressed, whose messages are decoded together. */
const sliceBytes = 4 * 2 ** 20;

export async function replayLake(
  places: ReplayPlaces,
  options: LakeReplayOptions,
  ports: LakeReplayPorts,
): Promise<void> {
  const { from, to } = options;
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-replay-"));
  try {
    await inEngine(folder, ports.memory, async (connection) => {
      const superseding = new Superseding(places, options, ports, connection, folder);
      for (const hour of await rawHours(places.raw, from, to, ports.list)) {
        const objects = await rawObjects(places.raw, hour, ports.list);
        const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
        const parts = Math.ceil(bytes / sliceBytes);
        for (let part = 0; part < parts; part++) {
          let damaged = 0;
          const messages: Message[] = [];
          for (const { key } of objects) {
            const read = readRaw(await ports.objects.read(places.raw, key), options.tenant);
            damaged += read.damaged;
            messages.push(
              ...read.messages.filter(
                ({ deviceId, receivedAt }) =>
                  receivedAt >= from && receivedAt < to && partOf(deviceId, parts) === part,
              ),
            );
          }
          const slice = decodeSlice(messages, options.codec.name, ports.codecOf, ports.decoder);
          const done = await superseding.supersede(
            slice,
            hour,
            objects.map(({ key }) => key),
          );
          const { messages: count, kept } = slice;
          ports.onSlice({ hour, messages: count, kept, damaged: part === 0 ? damaged : 0, ...done });
        }
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All messages of a device are in one part. */
const partOf = (deviceId: string, parts: number): number =>
  createHash("sha256").update(deviceId).digest().readUInt32BE() % parts;
