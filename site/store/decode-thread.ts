/** One decode worker: the bundle that the clouds run, deduplication of its devices, packing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Decoded, Message, Quarantined } from "../../functions/core/model.ts";
import { messagesOf, type FlatBatch } from "./batch.ts";
import { packFrames, packQuarantined, packReadings } from "./pack.ts";
import { transferables, type PackedTable } from "./packed.ts";
import { RecentIds } from "./recent-ids.ts";

export interface DecodeThreadData {
  readonly tenant: string;
  readonly bundle: { readonly file: string; readonly sha256: string };
  readonly profiles: readonly unknown[];
  readonly bindings: readonly unknown[];
  readonly clockWindow: { readonly behind: number; readonly ahead: number };
  /** 16-byte ids of what the lake has already, one behind the other. */
  readonly knownIds: Uint8Array;
  /** Ids to remember; a power of two. */
  readonly remembered: number;
}

export interface DecodeRequest {
  readonly id: number;
  readonly batch: FlatBatch;
}

export interface DecodeAnswer {
  readonly id: number;
  readonly tables: readonly PackedTable[];
  readonly messages: number;
  readonly rows: number;
  readonly frames: number;
  readonly quarantined: number;
  readonly duplicates: number;
}

interface Bundle {
  createHandler(config: object): { decode(messages: readonly Message[]): Decoded };
}

const { tenant, bundle, profiles, bindings, clockWindow, knownIds, remembered } =
  workerData as DecodeThreadData;
const code = readFileSync(bundle.file);
const sha256 = createHash("sha256").update(code).digest("hex");
if (sha256 !== bundle.sha256) {
  throw new Error(
    `the decoder bundle ${bundle.file} has the hash ${sha256}; expected ${bundle.sha256}: deploy again`,
  );
}
const { createHandler } = (await import(pathToFileURL(bundle.file).href)) as Bundle;
const decoder = createHandler({ profiles, bindings, tenant, options: { clockWindow } });
const recent = new RecentIds(remembered);
for (let at = 0; at < knownIds.length; at += 16) recent.seen(knownIds.subarray(at, at + 16));

/** Whether a row's message is new. All rows of one message share one array, and stand together in each table. */
function judge() {
  const verdicts = new Map<Uint8Array, boolean>();
  let duplicates = 0;
  let last: Uint8Array | null = null;
  let isLastNew = true;
  const isNew = ({ msgId }: { readonly msgId: Uint8Array }): boolean => {
    if (msgId === last) return isLastNew;
    last = msgId;
    const known = verdicts.get(msgId);
    if (known !== undefined) return (isLastNew = known);
    isLastNew = !recent.seen(msgId);
    if (!isLastNew) duplicates++;
    verdicts.set(msgId, isLastNew);
    return isLastNew;
  };
  return Object.assign(isNew, { duplicates: () => duplicates });
}

parentPort?.on("message", ({ id, batch }: DecodeRequest) => {
  const messages = messagesOf(batch, tenant);
  const decoded = decoder.decode(messages);
  const isNew = judge();
  const readings = decoded.readings.filter(isNew);
  const frames = decoded.frames.filter(isNew);
  const quarantined: Quarantined[] = decoded.quarantined.filter(isNew);
  const tables = [
    ...(readings.length > 0 ? [packReadings(readings)] : []),
    ...packFrames(frames),
    ...(quarantined.length > 0 ? [packQuarantined(quarantined)] : []),
  ];
  const answer: DecodeAnswer = {
    id,
    tables,
    messages: messages.length,
    rows: readings.length,
    frames: frames.length,
    quarantined: quarantined.length,
    duplicates: isNew.duplicates(),
  };
  parentPort?.postMessage(answer, tables.flatMap(transferables));
});
parentPort?.postMessage("ready");
