/** One decode worker: the bundle that the clouds run, deduplication of its devices, packing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import type { Births } from "../../functions/core/births.ts";
import type { Message } from "../../functions/core/model.ts";
import type { RowSink } from "../../functions/core/row-sink.ts";
import { RepairedRows } from "../../functions/core/files/clock-repair.ts";
import { bytesOfNode, nodeOfBytes } from "../../functions/kept-node.ts";
import { BatchReader, type Batch, type MessageOfBatch } from "./batch.ts";
import type { NodeBytes } from "./births.ts";
import { PackMemory } from "./pack-memory.ts";
import type { PackedTable } from "./packed.ts";
import { PackedRows, type PackedCounts } from "./packed-rows.ts";
import { RecentIds } from "./recent-ids.ts";

export interface DecodeThreadData {
  readonly tenant: string;
  /** This worker among how many. */
  readonly shard: number;
  readonly workers: number;
  /** To the lake: rows go there directly. */
  readonly lake: MessagePort;
  readonly bundle: { readonly file: string; readonly sha256: string };
  readonly profiles: readonly unknown[];
  readonly bindings: readonly unknown[];
  readonly clockWindow: { readonly behind: number; readonly ahead: number };
  /** Sparkplug nodes that earlier workers knew. */
  readonly births: NodeBytes;
  /** 16-byte ids of what the lake has already, one behind the other. */
  readonly knownIds: Uint8Array;
  /** Ids to remember; a power of two. */
  readonly remembered: number;
}

export interface DecodeRequest {
  readonly id: number;
  readonly batch: Batch;
}

/** The rows are with the lake, under the same id. */
export interface DecodeAnswer {
  readonly id: number;
  readonly counts: PackedCounts;
  /** Sparkplug nodes that the batch has changed. */
  readonly births: NodeBytes;
}

/** What the lake gets. */
export interface DecodedRowsMessage {
  readonly id: number;
  readonly tables: readonly PackedTable[];
}

/** What the lake sends back: a block for each pack that it is done with. */
export type MemoryGivenBack = readonly number[];

interface Bundle {
  createHandler(config: object): {
    readonly foresees: boolean;
    foresee(message: Message): void;
    decodeInto(message: Message, sink: RowSink): void;
    readonly births: Pick<Births, "restore" | "takeChanged">;
  };
}

const data = workerData as DecodeThreadData;
const { tenant, bundle, profiles, bindings, clockWindow, knownIds, lake } = data;
const code = readFileSync(bundle.file);
const sha256 = createHash("sha256").update(code).digest("hex");
if (sha256 !== bundle.sha256) {
  throw new Error(
    `the decoder bundle ${bundle.file} has the hash ${sha256}; expected ${bundle.sha256}: deploy again`,
  );
}
const { createHandler } = (await import(pathToFileURL(bundle.file).href)) as Bundle;
const decoder = createHandler({ profiles, bindings, tenant, options: { clockWindow } });
for (const [deviceId, bytes] of data.births) decoder.births.restore(deviceId, nodeOfBytes(deviceId, bytes));
const recent = new RecentIds(data.remembered);
for (let at = 0; at < knownIds.length; at += 16) recent.seen(knownIds.subarray(at, at + 16));
const memory = new PackMemory();
const rows = new PackedRows(recent, memory);
const repaired = new RepairedRows(rows);
const reader = new BatchReader(tenant, data.shard, data.workers);
const foresee = (message: Message): void => decoder.foresee(message);
const decode = (message: MessageOfBatch): void => {
  repaired.clock = message.clock;
  decoder.decodeInto(message, message.clock === null ? rows : repaired);
};

parentPort?.on("message", ({ id, batch }: DecodeRequest) => {
  takeBackMemory();
  if (decoder.foresees) reader.read(batch, foresee);
  reader.read(batch, decode);
  const { tables, counts } = rows.take();
  const message: DecodedRowsMessage = { id, tables };
  lake.postMessage(message);
  const births = decoder.births
    .takeChanged()
    .map(([deviceId, state]) => [deviceId, bytesOfNode(state)] as const);
  const answer: DecodeAnswer = { id, counts, births };
  parentPort?.postMessage(answer);
});
parentPort?.postMessage("ready");

/** Of the packs that are in files by now. */
function takeBackMemory(): void {
  for (;;) {
    const given = receiveMessageOnPort(lake) as { message: MemoryGivenBack } | undefined;
    if (given === undefined) return;
    for (const block of given.message) memory.giveBack(block);
  }
}
