/** The functions of both clouds that score frames, over zones in memory, and the decoder that their stream feeds. */
import { jest } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { ownRecord } from "../../functions/core/envelopes/own-message.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import { frameBlocks } from "../../functions/core/columns.ts";
import type { Message, Reading } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { frameFiles } from "../../functions/adapters/frame-files.ts";
import { parquetSink } from "../../functions/adapters/lake.ts";
import { createHandler as awsHandler } from "../../functions/handlers/aws-scoring.ts";
import { openRecord } from "../../functions/ingest.ts";
import { openEvent } from "../../functions/open-event.ts";
import { MissingObject } from "../../functions/missing-object.ts";
import { nodePorts } from "../../functions/platform.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import type { Score } from "../../functions/scoring/frame-scoring.ts";
import type { LoadedModel } from "../../functions/scoring/loaded-models.ts";
import { scoreBindings, scoreProfiles } from "../../functions/scoring/score-message.ts";
import type { MemoryZones } from "./memory-zones.ts";

export const clouds = ["aws", "azure"] as const;
export type Cloud = (typeof clouds)[number];

export interface ScoringFunctions {
  /** What the stream got, in its order. */
  readonly told: Score[];
  /** Every name that was listed, looked at or read, in its order. */
  readonly asked: string[];
  /** Makes the stream, or one file of the zone, fail so many times. */
  fail(what: "stream" | (string & {}), times: number): void;
  /** News of these files in one batch. @returns keys that are to come again */
  run(keys: readonly string[], retryCount?: number): Promise<readonly string[]>;
  /** What the stream's decoder makes of what it got. */
  readings(): readonly Reading[];
}

/** Files as a decoder writes them of the frames of one batch. @returns their keys */
export async function landFrames(
  objects: Pick<ObjectStore, "create">,
  profiles: readonly Profile[],
  messages: readonly Message[],
): Promise<readonly string[]> {
  const bindings = [{ devices: "*", channel: "*", profile: profiles[0]!.name }];
  const { frames, quarantined } = createDecoder(profiles, bindings, nodePorts).decode(messages);
  if (quarantined.length > 0) throw new Error(quarantined[0]!.detail);
  const keys: string[] = [];
  const store: ObjectStore = {
    create: (bucket, key, bytes) => {
      keys.push(key);
      return objects.create(bucket, key, bytes);
    },
    read: () => Promise.reject(new Error("a decoder reads nothing")),
  };
  for (const block of frameBlocks(frames)) await parquetSink(store, "curated", "hex").write(block);
  return keys;
}

/** @param now milliseconds, of the functions' clock */
export async function scoringFunctions(
  cloud: Cloud,
  zones: MemoryZones,
  models: readonly LoadedModel[],
  now: number,
): Promise<ScoringFunctions> {
  const [told, asked]: [Score[], string[]] = [[], []];
  const failures = new Map<string, number>();
  const failing = (what: string): void => {
    const left = failures.get(what) ?? 0;
    failures.set(what, left - 1);
    if (left > 0) throw new Error(`${what} fails`);
  };
  const files = frameFiles(
    "curated",
    {
      read: async (bucket, key) => {
        asked.push(`read ${key}`);
        failing(key);
        if (!zones.stored.has(`${bucket}/${key}`)) throw new MissingObject(`${key} is gone`);
        return zones.objects.read(bucket, key);
      },
    },
    {
      range: async (bucket, key, start, end) => {
        asked.push(`look ${key}`);
        if (!zones.stored.has(`${bucket}/${key}`)) throw new MissingObject(`${key} is gone`);
        return zones.files.range(bucket, key, start, end);
      },
    },
    {
      all: async (bucket, prefix) => {
        asked.push(`list ${prefix}`);
        failing("list");
        return [...zones.stored].flatMap(([name, { length: bytes }]) =>
          name.startsWith(`${bucket}/${prefix}`)
            ? [{ key: name.slice(bucket.length + 1), bytes, modifiedMs: now }]
            : [],
        );
      },
    },
  );
  const ports = {
    ...{ files, now: () => now, objects: zones.objects, quarantine: "quarantine" },
    metrics: { put: () => undefined },
    send: async (scores: readonly Score[]) => {
      failing("stream");
      told.push(...scores);
    },
  };
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { createHandler: azureHandler } = await import("../../functions/handlers/azure-scoring.ts");
  warned.mockRestore();
  const lambda = awsHandler("curated", models, ports);
  const app = azureHandler("curated", models, ports);
  const decoder = createDecoder(models.flatMap(scoreProfiles), models.flatMap(scoreBindings), nodePorts);
  return {
    told,
    asked,
    fail: (what, times) => void failures.set(what, times),
    async run(keys, retryCount = 0) {
      if (cloud === "aws") {
        const Records = keys.map((key) => ({
          messageId: key,
          body: JSON.stringify({ detail: { bucket: { name: "curated" }, object: { key } } }),
        })) as SQSRecord[];
        const { batchItemFailures } = await lambda({ Records });
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      }
      const events = keys.map((key) => ({
        type: "Microsoft.Storage.BlobCreated",
        data: { url: `curated/${key.split("/").map(encodeURIComponent).join("/")}` },
      }));
      return app([Buffer.from(JSON.stringify(events))], {
        retryContext: { retryCount, maxRetryCount: -1 },
      }).then(() => []);
    },
    readings() {
      const opened = told.map(({ payload, ...score }, index) => {
        const record = ownRecord({ ...score, payload: Buffer.from(payload).toString("base64") });
        const place = { id: String(index), sequenceNumber: null, partitionKey: null, arrivalMs: now };
        const streamed = { ...place, data: Buffer.from(record), systemProperties: {}, properties: {} };
        return cloud === "aws"
          ? openRecord(streamed, "acme", () => now)
          : openEvent(streamed, "acme", () => now);
      });
      const fault = opened.find((one) => one.fault !== null);
      if (fault !== undefined) throw new Error(JSON.stringify(fault));
      const decoded = decoder.decode(opened.map(({ message }) => message));
      if (decoded.quarantined.length > 0) throw new Error(decoded.quarantined[0]!.detail);
      return decoded.readings;
    },
  };
}
