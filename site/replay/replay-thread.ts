/** Decodes what lies in the raw zone once more, portion by portion, each when it is asked for. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Births } from "../../functions/core/births.ts";
import { Dispatcher } from "../../functions/core/dispatch.ts";
import { RepairedRows } from "../../functions/core/files/clock-repair.ts";
import type { Message, Micros } from "../../functions/core/model.ts";
import { statusBinding, statusProfile } from "../../functions/core/profiles/builtin.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import type { RowSink } from "../../functions/core/row-sink.ts";
import { orphanPosition } from "../../functions/lake/orphan-position.ts";
import { Keyring } from "../seal.ts";
import type { DecoderSettings } from "../settings.ts";
import { PackMemory } from "../store/pack-memory.ts";
import { PackedRows } from "../store/packed-rows.ts";
import { RecentIds } from "../store/recent-ids.ts";
import type { Orphan } from "../store/orphans.ts";
import type { ReplayPortion } from "../store/replayed.ts";
import type { RawFile } from "./raw-files.ts";
import { rawMessages } from "./raw-messages.ts";
import { HeardIds, ReplaySink } from "./replay-sink.ts";
import { UnbornMessages } from "./unborn.ts";

export interface ReplayThreadData {
  readonly tenant: string;
  readonly keyFile: string;
  readonly decoder: DecoderSettings;
  /** Name of the profile whose messages are decoded; the others only pass. */
  readonly codec: string;
  readonly files: readonly RawFile[];
  /** Arrival of messages, the second one excluded. */
  readonly from: Micros;
  readonly to: Micros;
  /** 16-byte ids of what came before `from`, one behind the other. */
  readonly knownIds: Uint8Array;
  /** Ids to remember; a power of two. */
  readonly remembered: number;
}

/** The portion before is in the lake: its memory may be used again. */
export interface NextPortion {
  /** To be decoded next: behind the last portion of the raw files. */
  readonly orphans?: readonly Orphan[];
  readonly givenBack: readonly number[];
}

export interface DecodedPortion {
  /** Null behind the last one, and where none of the orphans was decoded. */
  readonly portion: ReplayPortion | null;
  /** Messages of the codec that keep what the lake has of them, and records that can't be read. */
  readonly kept: number;
  readonly damaged: number;
  /** Of the orphans: what was decoded, and what can't be. */
  readonly fromQuarantine: number;
  readonly unreplayable: number;
  /** Of all files, read so far. */
  readonly bytes: number;
}

interface Bundle {
  createHandler(config: object): {
    decodeInto(message: Message, sink: RowSink): void;
    readonly births: Pick<Births, "node" | "takeChanged">;
  };
}

/** What one change of the lake takes: a file's worth of rows. */
const portionBytes = 1024 * 1024;
const portionMessages = 10_000;

const data = workerData as ReplayThreadData;
const { tenant, decoder: settings } = data;
const keyring = Keyring.fromFile(data.keyFile);
const code = readFileSync(settings.bundle.file);
if (createHash("sha256").update(code).digest("hex") !== settings.bundle.sha256)
  throw new Error(
    `the decoder bundle ${settings.bundle.file} is not the one that was deployed: deploy again`,
  );
const { createHandler } = (await import(pathToFileURL(settings.bundle.file).href)) as Bundle;
const { profiles, bindings, clockWindow } = settings;
const decoder = createHandler({ profiles, bindings, tenant, options: { clockWindow } });
const known = [statusProfile, ...(profiles as Profile[])];
const dispatcher = new Dispatcher(
  [...(bindings as Binding[]), statusBinding],
  new Map(known.map(({ name }) => [name, name])),
);

const recent = new RecentIds(data.remembered);
for (let at = 0; at < data.knownIds.length; at += 16) recent.seen(data.knownIds.subarray(at, at + 16));
const isSparkplug = known.some(({ name, format }) => name === data.codec && format === "sparkplug-b");
const total = data.files.reduce((sum, { bytes }) => sum + bytes, 0);
const ofRaw = { fromQuarantine: 0, unreplayable: 0 };
const ids = new HeardIds(recent);
const memory = new PackMemory();
const rows = new PackedRows(ids, memory);
const unborn = new UnbornMessages();
let isUnborn = false;
const sink = new ReplaySink(data.from, rows, ids, (message) => {
  isUnborn = true;
  unborn.add(message);
});
const repaired = new RepairedRows(sink);
let damaged = 0;

const portions = decode();
parentPort?.on("message", ({ givenBack, orphans }: NextPortion) => {
  for (const block of givenBack) memory.giveBack(block);
  if (orphans !== undefined) {
    parentPort?.postMessage(decodeOrphans(orphans));
    return;
  }
  void portions.next().then(
    ({ value }) => parentPort?.postMessage(value ?? end()),
    (error: Error) =>
      setImmediate(() => {
        throw error;
      }),
  );
});

/**
 * Births and ids of what came shortly before the range are learned on the way. Cut where time goes on, so that all live messages of one arrival are
 * in one portion.
 */
async function* decode(): AsyncGenerator<DecodedPortion, undefined> {
  let [bytes, messages, latest, read] = [0, 0, -Infinity, 0];
  let sources = new Set<string>();
  for (const file of data.files) {
    const all = rawMessages(file.file, keyring, tenant, (records) => (damaged += records));
    for await (const { message, clock } of all) {
      const { receivedAt, lane, payload } = message;
      if (receivedAt >= data.to) continue;
      const isBefore = receivedAt < data.from;
      const isFull = bytes >= portionBytes || messages >= portionMessages;
      if (isFull && (lane === "offline" || receivedAt > latest)) {
        yield cut(sources, read);
        [bytes, messages, latest, sources] = [0, 0, -Infinity, new Set()];
      }
      if (lane === "live" && !isBefore) latest = Math.max(latest, receivedAt);
      const codec = dispatcher.find(message.deviceId, message.channel);
      if (codec !== data.codec) {
        if (codec !== null && !isBefore) sink.pass(message, codec);
        continue;
      }
      if (!isBefore) {
        sources.add(file.sha256);
        bytes += payload.length;
        messages++;
      }
      repaired.clock = clock;
      sink.current = message;
      isUnborn = false;
      decoder.decodeInto(message, clock === null ? sink : repaired);
      for (const [deviceId] of decoder.births.takeChanged()) if (!isUnborn) bear(deviceId);
    }
    read += file.bytes;
  }
  if (messages > 0) yield cut(sources, read);
  return undefined;
}

/** What waited for the node's birth; what waits for another one of its devices goes on waiting. */
function bear(deviceId: string): void {
  const node = decoder.births.node(deviceId);
  const { lastSeq } = node;
  sink.current = null;
  for (const message of unborn.take(deviceId)) {
    // Out of order by now: it tells of no gap.
    node.lastSeq = null;
    decoder.decodeInto(message, sink);
  }
  node.lastSeq = lastSeq;
  decoder.births.takeChanged();
}

/**
 * A place in a file, and how its clock was put right, no entry tells; nor which birth data of Sparkplug came behind. The
 * place of a live message in the stream is lost too: what tells equal ones apart takes its place.
 */
function decodeOrphans(orphans: readonly Orphan[]): DecodedPortion {
  let unreplayable = 0;
  for (const { msgId, copy, number: _, ...entry } of orphans) {
    if (dispatcher.find(entry.deviceId, entry.channel) !== data.codec) continue;
    if (entry.lane === "offline" || isSparkplug) {
      unreplayable++;
      continue;
    }
    sink.current = null;
    sink.former = msgId;
    decoder.decodeInto({ tenant, ...entry, position: orphanPosition(entry.receivedAt, copy) }, sink);
  }
  sink.former = null;
  const { portion, ...rest } = cut(new Set(), total);
  const fromQuarantine = portion?.messages ?? 0;
  return { ...rest, portion: fromQuarantine === 0 ? null : portion, fromQuarantine, unreplayable };
}

function cut(sources: ReadonlySet<string>, bytes: number): DecodedPortion {
  const { tables } = rows.take();
  const { replayed, messages, kept } = sink.take();
  const portion = { tables, replayed, messages, sources: [...sources] };
  return { portion, kept, bytes, ...readDamaged(), ...ofRaw };
}

function end(): DecodedPortion {
  return { portion: null, kept: 0, bytes: total, ...readDamaged(), ...ofRaw };
}

function readDamaged(): { readonly damaged: number } {
  const read = { damaged };
  damaged = 0;
  return read;
}
