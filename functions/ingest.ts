/** What every cloud host does with a batch of records, between its event and its answer. */

import { frameBlocks, quarantineBlock, readingsBlock } from "./core/columns.ts";
import type { Decoder } from "./core/decoder.ts";
import { RecentMessages } from "./core/dedupe.ts";
import { unreadable, type Opened } from "./core/envelopes/opened.ts";
import { openIotRule } from "./core/envelopes/iot-rule.ts";
import { openOwnMessage } from "./core/envelopes/own-message.ts";
import type { StreamRecord } from "./core/envelopes/stream-records.ts";
import { Fault } from "./core/fault.ts";
import type { Decoded, Quarantined, Reading } from "./core/model.ts";
import { DecodedRows } from "./core/row-sink.ts";
import { toHex } from "./core/text.ts";
import type { NodeBirths } from "./node-births.ts";
import type { Metrics, RawZone, RowSink } from "./ports.ts";

export interface IngestPorts {
  readonly decoder: Decoder;
  readonly births: NodeBirths;
  readonly raw: RawZone;
  readonly curated: RowSink;
  readonly quarantine: RowSink;
  readonly metrics: Metrics;
  /** 16 bytes that name a record which no decoder could identify. */
  identify(payload: Uint8Array): Uint8Array;
  /** Milliseconds since 1970: the arrival of a record whose stream does not tell. */
  now(): number;
}

/** A record of a stream that the ingest rules feed, and the environment itself. */
export function openRecord(record: StreamRecord, tenant: string, now: () => number): Opened {
  const place = { tenant, position: record.id, receivedAt: (record.arrivalMs ?? now()) * 1_000 };
  const { data } = record;
  return data === null
    ? unreadable(new Uint8Array(0), place, new Fault("not-well-formed", "the record's data is no base64"))
    : (openOwnMessage(data, place) ?? openIotRule(data, place));
}

/** A batch whose nodes other processes go on changing is given back after so many attempts. */
const maximumTurns = 5;

/**
 * Keeps the batch raw, decodes it, writes frames and quarantine; the readings are the host's to deliver, message by
 * message in the order of `opened`. Throws only where a sink fails: bad data is quarantined. Repeats within the batch
 * are dropped; what a later batch repeats has the same `msg_id`.
 *
 * Readings of messages that waited for a birth are written here: only then may the store forget that they wait.
 */
export async function ingest(opened: readonly Opened[], ports: IngestPorts): Promise<Reading[][]> {
  await ports.raw.keep(opened.map(({ message }) => message));
  const nodes = ports.decoder.birthKeys(
    opened.filter(({ fault }) => fault === null).map(({ message }) => message),
  );
  if (nodes.length === 0) return decodeAndWrite(opened, ports);
  return ports.births.inTurn(nodes, async () => {
    const readings = await decodeAndWrite(opened, ports);
    for (let turn = 1; ; turn++) {
      const overtaken = await ports.births.keepChanged();
      if (overtaken.size === 0) return readings;
      if (turn === maximumTurns)
        throw new Error(`the births of ${[...overtaken].join(", ")} are changed by others again and again`);
      const places = opened.flatMap(({ message }, place) => (overtaken.has(message.deviceId) ? [place] : []));
      const again = await decodeAndWrite(
        places.map((place) => opened[place]!),
        ports,
      );
      places.forEach((place, index) => (readings[place] = again[index]!));
    }
  });
}

async function decodeAndWrite(opened: readonly Opened[], ports: IngestPorts): Promise<Reading[][]> {
  const seen = new RecentMessages(opened.length);
  for (const { message, fault } of opened) if (fault === null) ports.decoder.foresee(message);
  let repeats = 0;
  const kept = opened.map((one) => {
    const decoded = decode(one, ports);
    if (!isRepeat(decoded, seen)) return decoded;
    repeats++;
    return { ...nothing, freed: decoded.freed };
  });

  const quarantined = kept.flatMap((one) => one.quarantined);
  const frames = kept.flatMap((one) => one.frames);
  const freed = withoutRepeats(kept.flatMap((one) => one.freed));
  await Promise.all([
    ...frameBlocks(frames).map((block) => ports.curated.write(block)),
    ...(freed.length > 0 ? [ports.curated.write(readingsBlock(freed))] : []),
    ...(quarantined.length > 0 ? [ports.quarantine.write(quarantineBlock(quarantined))] : []),
  ]);
  ports.metrics.put({
    Messages: opened.length,
    Repeats: repeats,
    Quarantined: quarantined.length,
    Readings: freed.length + kept.reduce((sum, one) => sum + one.readings.length, 0),
    Frames: frames.length,
    Warnings: kept.reduce((sum, one) => sum + one.warnings.length, 0),
  });
  return kept.map((one) => [...one.readings]);
}

/** A message's own rows; `freed` are the readings of earlier ones that it was the birth for. */
class IngestedRows extends DecodedRows {
  #messages = 0;
  #own: { readonly readings: number; readonly quarantined: number } | null = null;

  override begin(): void {
    super.begin();
    if (++this.#messages === 2)
      this.#own = { readings: this.readings.length, quarantined: this.quarantined.length };
  }

  split(): Ingested {
    const { readings, frames, quarantined, warnings } = this;
    const own = this.#own ?? { readings: readings.length, quarantined: quarantined.length };
    const freed = readings.slice(own.readings);
    const ids = new Set(freed.map(({ msgId }) => toHex(msgId)));
    return {
      readings: readings.slice(0, own.readings),
      freed,
      frames,
      // A freed message is in quarantine already: it comes there again for the parts beside its rows.
      quarantined: quarantined.filter(({ msgId }, at) => at < own.quarantined || ids.has(toHex(msgId))),
      warnings,
    };
  }
}

interface Ingested extends Decoded {
  readonly freed: readonly Reading[];
}

const nothing: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };

function decode({ message, fault }: Opened, { decoder, identify }: IngestPorts): Ingested {
  if (fault === null) {
    const rows = new IngestedRows();
    decoder.decodeInto(message, rows);
    return rows.split();
  }
  const { reason, detail } = fault;
  const msgId = identify(message.payload);
  const entry: Quarantined = { message, msgId, reason, detail, codec: "none", codecVersion: "0" };
  return { readings: [], freed: [], frames: [], quarantined: [entry], warnings: [] };
}

function isRepeat({ readings, frames, quarantined }: Decoded, seen: RecentMessages): boolean {
  const id = readings[0]?.msgId ?? frames[0]?.msgId ?? quarantined[0]?.msgId;
  return id !== undefined && seen.seen(id);
}

/** A message that came twice before its birth waited twice. */
function withoutRepeats(freed: readonly Reading[]): Reading[] {
  const messages = [...Map.groupBy(freed, ({ msgId }) => msgId)];
  const seen = new RecentMessages(messages.length);
  return messages.filter(([msgId]) => !seen.seen(msgId)).flatMap(([, readings]) => readings);
}
