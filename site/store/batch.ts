/** A log batch as flat memory, so that handing it to a decode thread costs a pointer instead of a copy per message. */
import type { Arrival, LogBatch } from "../ports.ts";
import type { Message } from "../../functions/core/model.ts";

export interface FlatBatch {
  /** Payloads one behind the other. */
  readonly payloads: Uint8Array<ArrayBuffer>;
  /** End of each payload. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly receivedAt: Float64Array<ArrayBuffer>;
  /** Index into `names`. */
  readonly sources: Uint32Array<ArrayBuffer>;
  /** Device id and channel. */
  readonly names: readonly (readonly [string, string])[];
  readonly segment: number;
  /** Of each message, in the segment. */
  readonly records: Uint32Array<ArrayBuffer>;
}

export function flatten({ from, arrivals }: LogBatch, chosen: readonly number[]): FlatBatch {
  let bytes = 0;
  for (const index of chosen) bytes += (arrivals[index] as Arrival).payload.length;
  const payloads = new Uint8Array(bytes);
  const ends = new Uint32Array(chosen.length);
  const receivedAt = new Float64Array(chosen.length);
  const sources = new Uint32Array(chosen.length);
  const records = new Uint32Array(chosen.length);
  const names: [string, string][] = [];
  const numbers = new Map<string, Map<string, number>>();
  let end = 0;
  chosen.forEach((index, row) => {
    const { deviceId, channel, payload, receivedAt: at } = arrivals[index] as Arrival;
    payloads.set(payload, end);
    end += payload.length;
    ends[row] = end;
    receivedAt[row] = at;
    records[row] = from.record + index;
    let channels = numbers.get(deviceId);
    if (channels === undefined) numbers.set(deviceId, (channels = new Map()));
    let number = channels.get(channel);
    if (number === undefined) {
      number = names.length;
      names.push([deviceId, channel]);
      channels.set(channel, number);
    }
    sources[row] = number;
  });
  return { payloads, ends, receivedAt, sources, names, segment: from.segment, records };
}

export const batchBuffers = (batch: FlatBatch): ArrayBuffer[] => [
  batch.payloads.buffer,
  batch.ends.buffer,
  batch.receivedAt.buffer,
  batch.sources.buffer,
  batch.records.buffer,
];

export function messagesOf(batch: FlatBatch, tenant: string): Message[] {
  let start = 0;
  return Array.from(batch.ends, (end, row) => {
    const [deviceId, channel] = batch.names[batch.sources[row] ?? 0] ?? ["", ""];
    const payload = batch.payloads.subarray(start, end);
    start = end;
    return {
      tenant,
      deviceId,
      channel,
      payload,
      receivedAt: batch.receivedAt[row] ?? 0,
      position: `${batch.segment}:${batch.records[row]}`,
      lane: "live",
    };
  });
}
