/** Messages of an hour through a decoder once more, and what says which rows they had. */
import { frameBlocks, quarantineBlock, readingsBlock, type RowBlock } from "../core/columns.ts";
import type { Decoder } from "../core/decoder.ts";
import type { Decoded, Message, Micros, QuarantineReason } from "../core/model.ts";
import { toHex } from "../core/text.ts";

/** What finds the rows of a cloud's lake; as in site/store/replayed.ts, with ids as the files have them. */
export interface ReplayedKeys {
  /** Device and arrival of the messages, */
  readonly live: readonly (readonly [string, Micros])[];
  /** of messages that another codec decodes and that arrived with one of these, */
  readonly others: readonly (readonly [string, Micros, codec: string])[];
  /** of those that could not be decoded at the moment. */
  readonly kept: readonly (readonly [string, Micros, msgId: string])[];
  /** Device, arrival and channel: entries of the quarantine. */
  readonly entries: readonly (readonly [string, Micros, channel: string])[];
}

export interface DecodedSlice {
  readonly keys: ReplayedKeys;
  readonly blocks: readonly RowBlock[];
  readonly messages: number;
  readonly kept: number;
}

/** What another time may go well: such a message keeps the rows that it has. */
const passing: ReadonlySet<QuarantineReason> = new Set(["no-birth", "codec-timeout"]);

/**
 * @param messages all of some devices that arrived in an hour, in any order; those of other codecs only pass
 * @param codecOf name of the profile that a message is for; null for none
 */
export function decodeSlice(
  messages: readonly Message[],
  codec: string,
  codecOf: (message: Message) => string | null,
  decoder: Pick<Decoder, "decode">,
): DecodedSlice {
  const keys = { live: [], others: [], kept: [], entries: [] } as {
    -readonly [Name in keyof ReplayedKeys]: ReplayedKeys[Name][number][];
  };
  const decoded: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
  const ids = new Set<string>();
  const ordered = once(messages).toSorted((one, other) => one.receivedAt - other.receivedAt);
  for (const message of ordered) {
    const { deviceId, receivedAt, channel } = message;
    const own = codecOf(message);
    if (own !== codec) {
      if (own !== null) keys.others.push([deviceId, receivedAt, own]);
      continue;
    }
    const { readings, frames, quarantined } = decoder.decode([message]);
    const rows = readings.length + frames.length;
    const [entry] = quarantined;
    if (rows === 0 && entry !== undefined && passing.has(entry.reason)) {
      keys.kept.push([deviceId, receivedAt, toHex(entry.msgId)]);
      continue;
    }
    keys.live.push([deviceId, receivedAt]);
    keys.entries.push([deviceId, receivedAt, channel]);
    const id = readings[0]?.msgId ?? frames[0]?.msgId;
    // What came twice has rows once: those of the first.
    if (id !== undefined && isKnown(ids, toHex(id))) continue;
    decoded.readings.push(...readings);
    decoded.frames.push(...frames);
    decoded.quarantined.push(...quarantined);
  }
  const { readings, frames, quarantined } = decoded;
  const blocks = [
    ...(readings.length > 0 ? [readingsBlock(readings)] : []),
    ...frameBlocks(frames),
    ...(quarantined.length > 0 ? [quarantineBlock(quarantined)] : []),
  ];
  return { keys, blocks, messages: keys.live.length, kept: keys.kept.length };
}

/** A batch that was delivered twice is in the raw zone twice. */
function once(messages: readonly Message[]): Message[] {
  const key = ({ deviceId, channel, receivedAt, position }: Message) =>
    JSON.stringify([deviceId, channel, receivedAt, position]);
  return [...new Map(messages.map((message) => [key(message), message])).values()];
}

function isKnown(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return true;
  ids.add(id);
  return false;
}
