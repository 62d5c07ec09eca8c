/** Messages on their way to a decode worker: one buffer for all payloads, names once. */
import type { Message } from "../../functions/core/model.ts";
import type { Arrival, LogPosition } from "../ports.ts";
import type { BatchIdentity } from "./packed.ts";

/** Consecutive messages of one shard of one log batch. */
export interface MessageBatch {
  readonly batch: BatchIdentity;
  readonly from: LogPosition;
  /** Place of the first among the shard's messages of the batch. */
  readonly offset: number;
  readonly sources: readonly (readonly [deviceId: string, channel: string])[];
  /** Index into `sources`, a message each. */
  readonly source: Uint32Array<ArrayBuffer>;
  /** Record numbers in the segment of `from`. */
  readonly record: Uint32Array<ArrayBuffer>;
  readonly receivedAt: Float64Array<ArrayBuffer>;
  readonly payloads: Uint8Array<ArrayBuffer>;
  /** End of each payload in `payloads`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Decode one by one and tell which is in hand: a former worker died of this batch. */
  readonly isSuspect: boolean;
}

/** Places of one shard's messages in a log batch. */
export interface ShardMessages {
  readonly arrivals: readonly Arrival[];
  /** Indexes into `arrivals`, ascending. */
  readonly indexes: readonly number[];
}

export function packMessages(
  { arrivals, indexes }: ShardMessages,
  start: number,
  end: number,
  about: Pick<MessageBatch, "batch" | "from" | "isSuspect">,
): MessageBatch {
  const count = end - start;
  const sourceCodes = new Map<string, Map<string, number>>();
  const sources: [string, string][] = [];
  const source = new Uint32Array(count);
  const record = new Uint32Array(count);
  const receivedAt = new Float64Array(count);
  const ends = new Uint32Array(count);
  let bytes = 0;
  for (let at = start; at < end; at++) bytes += arrivalAt(arrivals, indexes, at).payload.length;
  const payloads = new Uint8Array(bytes);
  let filled = 0;
  for (let index = 0; index < count; index++) {
    const place = indexes[start + index] as number;
    const { deviceId, channel, payload, receivedAt: received } = arrivals[place] as Arrival;
    let channels = sourceCodes.get(deviceId);
    if (channels === undefined) sourceCodes.set(deviceId, (channels = new Map()));
    let code = channels.get(channel);
    if (code === undefined) channels.set(channel, (code = sources.push([deviceId, channel]) - 1));
    source[index] = code;
    record[index] = about.from.record + place;
    receivedAt[index] = received;
    payloads.set(payload, filled);
    filled += payload.length;
    ends[index] = filled;
  }
  return { ...about, offset: start, sources, source, record, receivedAt, payloads, ends };
}

const arrivalAt = (arrivals: readonly Arrival[], indexes: readonly number[], at: number): Arrival =>
  arrivals[indexes[at] as number] as Arrival;

export function batchTransferables(messages: MessageBatch): ArrayBuffer[] {
  const { source, record, receivedAt, payloads, ends } = messages;
  return [source, record, receivedAt, payloads, ends].map(({ buffer }) => buffer);
}

/** A message whose position is only spelled out where a decoder asks for it. */
class StoredMessage implements Message {
  readonly tenant: string;
  readonly deviceId: string;
  readonly channel: string;
  readonly payload: Uint8Array;
  readonly receivedAt: number;
  readonly lane = "live";
  readonly #segment: number;
  readonly #record: number;

  constructor(
    tenant: string,
    [deviceId, channel]: readonly [string, string],
    payload: Uint8Array,
    receivedAt: number,
    segment: number,
    record: number,
  ) {
    this.tenant = tenant;
    this.deviceId = deviceId;
    this.channel = channel;
    this.payload = payload;
    this.receivedAt = receivedAt;
    this.#segment = segment;
    this.#record = record;
  }

  get position(): string {
    return positionText({ segment: this.#segment, record: this.#record });
  }
}

/** A place in the log as messages carry it: the same in every replay. */
export function positionText({ segment, record }: LogPosition): string {
  return `log:${segment}:${record}`;
}

export function unpackMessages(tenant: string, messages: MessageBatch): Message[] {
  const { sources, source, record, receivedAt, payloads, ends, from } = messages;
  const unpacked: Message[] = [];
  let start = 0;
  for (let index = 0; index < ends.length; index++) {
    const end = ends[index] as number;
    unpacked.push(
      new StoredMessage(
        tenant,
        sources[source[index] as number] as readonly [string, string],
        payloads.subarray(start, end),
        receivedAt[index] as number,
        from.segment,
        record[index] as number,
      ),
    );
    start = end;
  }
  return unpacked;
}
