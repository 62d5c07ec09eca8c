/** Messages of an hour through a decoder once more, and what says which rows they had. */
import { frameBlocks, quarantineBlock, readingsBlock, type RowBlock } from "../core/columns.ts";
import type { Decoder } from "../core/decoder.ts";
import type { Decoded, Message, Micros, QuarantineReason } from "../core/model.ts";
import { toHex } from "../core/text.ts";
import type { Orphan } from "./orphans.ts";

/** What finds the rows of a cloud's lake; as in site/store/replayed.ts, with ids as the files have them. */
export interface ReplayedKeys {
  /** Of messages that only the quarantine has, as what came with them may be gone: device, arrival, and id of their rows. */
  readonly named: readonly (readonly [string, Micros, msgId: string])[];
  /** Device and arrival of the other messages, */
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
  readonly fromQuarantine: number;
  readonly kept: number;
  readonly unreplayable: number;
}

/** What another time may go well: such a message keeps the rows that it has. */
const passing: ReadonlySet<QuarantineReason> = new Set(["no-birth", "codec-timeout"]);

/**
 * @param messages all of some devices that arrived in an hour, in any order; those of other codecs only pass
 * @param orphans all of the same devices and hour
 * @param codecOf name of the profile that a message is for; null for none
 */
export function decodeSlice(
  messages: readonly Message[],
  orphans: readonly Orphan[],
  codec: string,
  codecOf: (message: Message) => string | null,
  decoder: Pick<Decoder, "decode">,
): DecodedSlice {
  const keys = { named: [], live: [], others: [], kept: [], entries: [] } as {
    -readonly [Name in keyof ReplayedKeys]: ReplayedKeys[Name][number][];
  };
  const decoded: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
  const ids = new Set<string>();
  const ordered = once(messages).toSorted((one, other) => one.receivedAt - other.receivedAt);
  const all = [...ordered.map((message) => ({ message, msgId: null })), ...orphans];
  let [fromQuarantine, unreplayable] = [0, 0];
  for (const { message, msgId: former } of all) {
    const { deviceId, receivedAt, channel } = message;
    const own = codecOf(message);
    if (own !== codec) {
      if (own !== null) keys.others.push([deviceId, receivedAt, own]);
      continue;
    }
    if (message.lane === "offline") {
      unreplayable++;
      continue;
    }
    const { readings, frames, quarantined } = decoder.decode([message]);
    const rows = readings.length + frames.length;
    const [entry] = quarantined;
    if (rows === 0 && entry !== undefined && passing.has(entry.reason)) {
      keys.kept.push([deviceId, receivedAt, toHex(entry.msgId)]);
      continue;
    }
    const id = readings[0]?.msgId ?? frames[0]?.msgId;
    if (former === null) keys.live.push([deviceId, receivedAt]);
    else {
      fromQuarantine++;
      for (const known of id === undefined ? [former] : [former, toHex(id)])
        keys.named.push([deviceId, receivedAt, known]);
    }
    keys.entries.push([deviceId, receivedAt, channel]);
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
  const counts = { messages: keys.entries.length, kept: keys.kept.length };
  return { keys, blocks, ...counts, fromQuarantine, unreplayable };
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
