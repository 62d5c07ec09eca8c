/** What every cloud host does with a batch of records, between its event and its answer. */

import { frameBlocks, quarantineBlock } from "./core/columns.ts";
import type { Decoder } from "./core/decoder.ts";
import { RecentMessages } from "./core/dedupe.ts";
import { unreadable, type Opened } from "./core/envelopes/opened.ts";
import { openIotRule } from "./core/envelopes/iot-rule.ts";
import type { StreamRecord } from "./core/envelopes/stream-records.ts";
import { Fault } from "./core/fault.ts";
import type { Decoded, Quarantined, Reading } from "./core/model.ts";
import type { Metrics, RawZone, RowSink } from "./ports.ts";

export interface IngestPorts {
  readonly decoder: Decoder;
  readonly raw: RawZone;
  readonly curated: RowSink;
  readonly quarantine: RowSink;
  readonly metrics: Metrics;
  /** 16 bytes that name a record which no decoder could identify. */
  identify(payload: Uint8Array): Uint8Array;
  /** Milliseconds since 1970: the arrival of a record whose stream does not tell. */
  now(): number;
}

/** A record of a stream that the ingest rules feed. */
export function openRecord(record: StreamRecord, tenant: string, now: () => number): Opened {
  const place = { tenant, position: record.id, receivedAt: (record.arrivalMs ?? now()) * 1_000 };
  return record.data === null
    ? unreadable(new Uint8Array(0), place, new Fault("not-well-formed", "the record's data is no base64"))
    : openIotRule(record.data, place);
}

/**
 * Keeps the batch raw, decodes it, writes frames and quarantine; the readings are the host's to deliver, message by
 * message in the order of `opened`. Throws only where a sink fails: bad data is quarantined. Repeats within the batch
 * are dropped; what a later batch repeats has the same `msg_id`.
 */
export async function ingest(opened: readonly Opened[], ports: IngestPorts): Promise<Reading[][]> {
  await ports.raw.keep(opened.map(({ message }) => message));
  const seen = new RecentMessages(opened.length);
  for (const { message, fault } of opened) if (fault === null) ports.decoder.foresee(message);
  const kept = opened.map((one) => {
    const decoded = decode(one, ports);
    return isRepeat(decoded, seen) ? null : decoded;
  });

  const fresh = kept.filter((one) => one !== null);
  const quarantined = fresh.flatMap((one) => one.quarantined);
  const frames = fresh.flatMap((one) => one.frames);
  await Promise.all([
    ...frameBlocks(frames).map((block) => ports.curated.write(block)),
    ...(quarantined.length > 0 ? [ports.quarantine.write(quarantineBlock(quarantined))] : []),
  ]);
  ports.metrics.put({
    Messages: opened.length,
    Repeats: kept.length - fresh.length,
    Quarantined: quarantined.length,
    Readings: fresh.reduce((sum, one) => sum + one.readings.length, 0),
    Frames: frames.length,
    Warnings: fresh.reduce((sum, one) => sum + one.warnings.length, 0),
  });
  return kept.map((one) => one?.readings ?? []);
}

function decode({ message, fault }: Opened, { decoder, identify }: IngestPorts): Decoded {
  if (fault === null) return decoder.decode([message]);
  const { reason, detail } = fault;
  const msgId = identify(message.payload);
  const entry: Quarantined = { message, msgId, reason, detail, codec: "none", codecVersion: "0" };
  return { readings: [], frames: [], quarantined: [entry], warnings: [] };
}

function isRepeat({ readings, frames, quarantined }: Decoded, seen: RecentMessages): boolean {
  const id = readings[0]?.msgId ?? frames[0]?.msgId ?? quarantined[0]?.msgId;
  return id !== undefined && seen.seen(id);
}
