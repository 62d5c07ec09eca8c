/** Messages of an hour through a decoder once more, and what says which rows they had. */
import { frameBlocks, quarantineBlock, readingsBlock, type RowBlock } from "../core/columns.ts";
import type { Decoder } from "../core/decoder.ts";
import type { Decoded, Message, Micros, QuarantineReason } from "../core/model.ts";
import { toHex } from "../core/text.ts";
import type { Orphan } from "./orphans.ts";
import { OwnRows } from "./own-rows.ts";

/** What finds the rows of a cloud's lake; as in site/store/replayed.ts, with ids as the files have them. */
export interface ReplayedKeys {
  /** Of messages that only the quarantine has, as what came with them may be gone: device, arrival, and id of their rows. */
  readonly named: readonly (readonly [string, Micros, msgId: string])[];
  /** Device and arrival of the other messages, */
  readonly live: readonly (readonly [string, Micros])[];
  /** of messages that another codec decodes and that arrived with one of these. */
  readonly others: readonly (readonly [string, Micros, codec: string])[];
  /** Device, arrival and channel: entries of the quarantine. */
  readonly entries: readonly (readonly [string, Micros, channel: string])[];
}

export interface DecodedSlice {
  readonly keys: ReplayedKeys;
  readonly blocks: readonly RowBlock[];
  readonly messages: number;
  readonly fromQuarantine: number;
  readonly kept: number;
  /** Of these, data without a birth before them, or behind them in the hour. */
  readonly unborn: readonly Pick<Message, "deviceId" | "receivedAt">[];
  readonly unreplayable: number;
}

export type SliceDecoder = Pick<Decoder, "decodeInto" | "birthKeys" | "births">;

/** What another time may go well: such a message keeps the rows that it has. */
const passing: ReadonlySet<QuarantineReason> = new Set(["no-birth", "codec-timeout"]);

interface Result {
  readonly message: Message;
  /** Hex, of the entry of a message that only the quarantine has. */
  readonly former: string | null;
  decoded: Decoded;
}

/**
 * @param messages all of some devices that arrived in an hour, in any order; those of other codecs only pass
 * @param orphans all of the same devices and hour
 * @param codecOf name of the profile that a message is for; null for none
 * @param decoder which knows the births of what came before
 */
export function decodeSlice(
  messages: readonly Message[],
  orphans: readonly Orphan[],
  codec: string,
  codecOf: (message: Message) => string | null,
  decoder: SliceDecoder,
): DecodedSlice {
  const others: ReplayedKeys["others"][number][] = [];
  const results: Result[] = [];
  const waiting = new Map<string, Result[]>();
  const all = [...inOrder(messages).map((message) => ({ message, msgId: null })), ...orphans];
  let unreplayable = 0;
  for (const { message, msgId: former } of all) {
    const { deviceId, receivedAt } = message;
    const own = codecOf(message);
    if (own !== codec) {
      if (own !== null) others.push([deviceId, receivedAt, own]);
      continue;
    }
    const remembers = decoder.birthKeys([message]).length > 0;
    // Of a file's record no entry tells its place, of data not which births came before.
    if (message.lane === "offline" || (remembers && former !== null)) {
      unreplayable++;
      continue;
    }
    const result = { message, former, decoded: decodeOne(message, decoder) };
    results.push(result);
    if (!remembers) continue;
    const isBirth = decoder.births.takeChanged().length > 0;
    if (isUnborn(result)) waiting.set(deviceId, [...(waiting.get(deviceId) ?? []), result]);
    else if (isBirth) waiting.set(deviceId, bear(deviceId, waiting.get(deviceId) ?? [], decoder));
  }
  return { ...sorted(results, others), unreplayable };
}

/** Of messages before a range: only the births in them are learned. */
export function learnBirths(
  messages: readonly Message[],
  codec: string,
  codecOf: (message: Message) => string | null,
  decoder: SliceDecoder,
): void {
  for (const message of inOrder(messages))
    if (codecOf(message) === codec && decoder.birthKeys([message]).length > 0) decodeOne(message, decoder);
  decoder.births.takeChanged();
}

/** What waited for the node's birth. @returns what waits for another one of its devices */
function bear(deviceId: string, waiting: readonly Result[], decoder: SliceDecoder): Result[] {
  const node = decoder.births.node(deviceId);
  const { lastSeq } = node;
  for (const result of waiting) {
    // Out of order by now: it tells of no gap.
    node.lastSeq = null;
    result.decoded = decodeOne(result.message, decoder);
  }
  node.lastSeq = lastSeq;
  decoder.births.takeChanged();
  return waiting.filter(isUnborn);
}

function sorted(
  results: readonly Result[],
  others: ReplayedKeys["others"][number][],
): Omit<DecodedSlice, "unreplayable"> {
  const keys = { named: [], live: [], others, entries: [] } as {
    -readonly [Name in keyof ReplayedKeys]: ReplayedKeys[Name][number][];
  };
  const decoded: Decoded = { readings: [], frames: [], quarantined: [], warnings: [] };
  const ids = new Set<string>();
  // No row says which of the messages of one arrival it is of: all of them keep what they have where one does.
  const keptAt = new Set(results.filter((one) => passingReason(one) !== null).map(arrivalOf));
  let [fromQuarantine, kept] = [0, 0];
  for (const result of results) {
    const { message, former } = result;
    const { deviceId, receivedAt, channel } = message;
    if (keptAt.has(arrivalOf(result))) {
      kept++;
      continue;
    }
    const { readings, frames, quarantined } = result.decoded;
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
  const unborn = results.filter(isUnborn).map(({ message }) => message);
  return { keys, blocks, messages: keys.entries.length, fromQuarantine, kept, unborn };
}

function decodeOne(message: Message, decoder: SliceDecoder): Decoded {
  const rows = new OwnRows();
  decoder.decodeInto(message, rows);
  return rows;
}

/** Null of a message that has rows, or that is refused for good. */
function passingReason({ decoded }: Result): QuarantineReason | null {
  const { readings, frames, quarantined } = decoded;
  const reason = quarantined[0]?.reason;
  return readings.length + frames.length === 0 && reason !== undefined && passing.has(reason) ? reason : null;
}
const isUnborn = (result: Result): boolean => passingReason(result) === "no-birth";
const arrivalOf = ({ message: { deviceId, receivedAt } }: Result): string =>
  JSON.stringify([deviceId, receivedAt]);

/** As they came; a batch that was delivered twice is in the raw zone twice. */
function inOrder(messages: readonly Message[]): Message[] {
  const key = ({ deviceId, channel, receivedAt, position }: Message) =>
    JSON.stringify([deviceId, channel, receivedAt, position]);
  const once = [...new Map(messages.map((message) => [key(message), message])).values()];
  return once.sort(
    (one, other) => one.receivedAt - other.receivedAt || comparePlaces(one.position, other.position),
  );
}

/** Numbers in a stream have no zeros before them. */
const comparePlaces = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);

function isKnown(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return true;
  ids.add(id);
  return false;
}
