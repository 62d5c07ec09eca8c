/** What a record of a stream holds: a device's message, with the reason where it can't be decoded as one. */

import { deviceIdPattern, parseTopic } from "../envelope.ts";
import { Fault, shown, toFault } from "../fault.ts";
import * as character from "../json-characters.ts";
import { JsonScanner } from "../json-scanner.ts";
import type { Message, Micros } from "../model.ts";
import { decodeUtf8 } from "../text.ts";

export interface Opened {
  /** Where there is a fault, what of the message is known; its payload is then what there is to keep. */
  readonly message: Message;
  readonly fault: Fault | null;
}

/** What the stream says of a record, whatever is in it. */
export interface StreamPlace {
  readonly tenant: string;
  /** Unique and stable over a replay: shard and sequence number, partition and offset. */
  readonly position: string;
  /** Arrival in the stream; where the envelope knows the arrival at the broker, that one counts. */
  readonly receivedAt: Micros;
}

/** Device and channel that a message without a sender is filed under; neither can be a device's. */
const unknown = "";

/** A record that is no envelope at all. */
export function unreadable(record: Uint8Array, place: StreamPlace, fault: Fault): Opened {
  return {
    message: { ...place, deviceId: unknown, channel: unknown, payload: record, lane: "live" },
    fault,
  };
}

/** A message by what its envelope says: the topic names the device, and the authenticated sender must be it. */
export function addressed(
  payload: Uint8Array,
  topic: string,
  sender: string | null,
  place: StreamPlace,
  contentType: string | null,
): Opened {
  const address = parseTopic(topic);
  const known = sender !== null && deviceIdPattern.test(sender) ? sender : unknown;
  const message: Message = {
    ...place,
    deviceId: address?.deviceId ?? known,
    channel: address?.channel ?? unknown,
    payload,
    lane: "live",
    ...(contentType === null ? {} : { contentType }),
  };
  if (address === null)
    return { message, fault: new Fault("schema", `${shown(topic)} is no device's topic`) };
  if (sender === null || sender === address.deviceId) return { message, fault: null };
  // The sender is who was authenticated: the entry is filed under it, not under whom it claims to be.
  const fault = new Fault("id-mismatch", `${shown(sender)} published as device "${address.deviceId}"`);
  return { message: { ...message, deviceId: known }, fault };
}

/** A member of a JSON object: its text as it stands there, or what the text means where it is one. */
export interface Member {
  readonly source: string;
  /** Null where the member is no text. */
  readonly text: string | null;
}

/**
 * The members of a JSON object, unparsed: an envelope's payload must come out digit by digit as it went in.
 * Throws a {@link Fault} for what is no object, and for a name that comes twice.
 */
export function membersOf(record: Uint8Array): ReadonlyMap<string, Member> {
  const scanner = new JsonScanner(decodeUtf8(record));
  const members = new Map<string, Member>();
  if (scanner.peek() !== character.openObject) throw new Fault("schema", "the envelope is no JSON object");
  scanner.position++;
  if (scanner.begins(character.closeObject)) {
    do {
      const name = scanner.string();
      scanner.expect(character.colon);
      const isText = scanner.peek() === character.quote;
      const start = scanner.position;
      const text = isText ? scanner.string() : null;
      if (!isText) scanner.skip();
      if (members.has(name)) throw new Fault("not-well-formed", `the name ${shown(name)} comes twice`);
      members.set(name, { source: scanner.text.slice(start, scanner.position), text });
    } while (scanner.more(character.closeObject));
  }
  scanner.finish();
  return members;
}

/** Open an envelope; whatever is wrong with it is a fault of the record, never thrown. */
export function opening(record: Uint8Array, place: StreamPlace, open: () => Opened): Opened {
  try {
    return open();
  } catch (thrown) {
    return unreadable(record, place, toFault(thrown));
  }
}
