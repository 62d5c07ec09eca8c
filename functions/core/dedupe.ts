/**
 * The identity of a message, by which repeats and replays are recognised: SHA-256 over device, channel,
 * discriminator and payload, of which the first 16 bytes are the `msg_id` of its rows.
 *
 * The discriminator is the device's sequence or time where the message has one. Where it has neither, it is the
 * message's position in its stream: two honest equal readings then stay two, and the price is that a repeat by
 * MQTT QoS 1, which gets a position of its own, can't be told from a second reading.
 */

import type { Message, Micros } from "./model.ts";

/**
 * SHA-256 as a port: the core has no I/O and no platform module.
 * Returns the digest as a string of 32 characters 0-255 (`binary` encoding): with node:crypto's one-shot `hash`
 * that is three times faster than a buffer, and this runs once a message.
 */
export type Sha256 = (bytes: Uint8Array) => string;

/** Bytes of a `msg_id`. */
export const messageIdBytes = 16;

/**
 * What makes two messages of a device the same message. Stated by a profile, or derived message by message (`derived`).
 * - `sequence`: the device's counter. A device that restarts its counter and sends the very same bytes again is taken for a repeat.
 * - `time`: the device's absolute time.
 * - `content`: the payload alone; only for payloads that carry an identity of their own.
 * - `position`: the place in the stream; repeats by QoS 1 are kept.
 * - `derived`: sequence and time as far as the message has them, else position.
 * Rules that need a sequence or time fall back to position for a message without one, or with an unset clock.
 */
export const identityRules = ["derived", "sequence", "time", "content", "position"] as const;
export type IdentityRule = (typeof identityRules)[number];

/** What the device itself says about which message this is. */
export function discriminator(
  rule: IdentityRule,
  message: Message,
  sequence: number | bigint | null,
  deviceTime: Micros | null,
): string {
  if (rule === "content") return "c";
  if (rule !== "position") {
    const counted = sequence !== null && rule !== "time";
    const timed = deviceTime !== null && rule !== "sequence";
    if (counted && timed) return `s${sequence}t${deviceTime}`;
    if (counted) return `s${sequence}`;
    if (timed) return `t${deviceTime}`;
  }
  return `p${message.position}`;
}

const encoder = new TextEncoder();

/** Room for `s`, `t` and two safe integers. */
const countedLength = 2 + 2 * 16;

/** Computes message ids; holds the buffer that the hash is taken over, so one a thread. */
export class MessageIdentity {
  readonly #sha256: Sha256;
  #buffer = new Uint8Array(4_096);
  /** The part of the buffer that was hashed last: messages of a device are mostly equally long. */
  #hashed = this.#buffer.subarray(0, 0);
  /** Whose fields stand at the buffer's beginning. */
  #deviceId: string | null = null;
  #channel = "";
  #sourceEnd = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** The id of a message with what the device says of it, by a profile's rule; written to `id`. */
  identify(
    message: Message,
    rule: IdentityRule,
    sequence: number | bigint | null,
    deviceTime: Micros | null,
    id: Uint8Array,
  ): void {
    if (rule !== "derived" || !isCount(sequence) || !isCount(deviceTime)) {
      this.id(message, discriminator(rule, message, sequence, deviceTime), id);
      return;
    }
    // The common case, without a text in between.
    const start = this.#source(message, countedLength);
    const buffer = this.#buffer;
    buffer[start + 4] = 0x73;
    let at = writeDigits(buffer, start + 5, sequence);
    buffer[at] = 0x74;
    at = writeDigits(buffer, at + 1, deviceTime);
    this.#length(start, at - start - 4);
    this.#digest(at, message.payload, id);
  }

  /** The first 16 bytes of the message's SHA-256, written to `id` and returned. */
  id(message: Message, discriminator: string, id: Uint8Array = new Uint8Array(messageIdBytes)): Uint8Array {
    const start = this.#source(message, 3 * discriminator.length);
    this.#digest(this.#field(start, discriminator), message.payload, id);
    return id;
  }

  /** Makes room, and writes the fields that tell whose message it is; returns their end. */
  #source({ deviceId, channel, payload }: Message, further: number): number {
    const room = 3 * (deviceId.length + channel.length) + further + payload.length + 12;
    if (this.#buffer.length < room) {
      this.#buffer = new Uint8Array(2 * room);
      this.#deviceId = null;
    }
    if (deviceId !== this.#deviceId || channel !== this.#channel) {
      this.#sourceEnd = this.#field(this.#field(0, deviceId), channel);
      this.#deviceId = deviceId;
      this.#channel = channel;
    }
    return this.#sourceEnd;
  }

  #digest(at: number, payload: Uint8Array, id: Uint8Array): void {
    const buffer = this.#buffer;
    buffer.set(payload, at);
    const end = at + payload.length;
    if (this.#hashed.length !== end || this.#hashed.buffer !== buffer.buffer) {
      this.#hashed = buffer.subarray(0, end);
    }
    const digest = this.#sha256(this.#hashed);
    for (let index = 0; index < messageIdBytes; index++) id[index] = digest.charCodeAt(index);
  }

  /** Length-prefixed, so that no two different triples give the same bytes. */
  #field(start: number, text: string): number {
    const buffer = this.#buffer;
    let at = start + 4;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        at = start + 4 + encoder.encodeInto(text, buffer.subarray(start + 4)).written;
        break;
      }
      buffer[at++] = code;
    }
    this.#length(start, at - start - 4);
    return at;
  }

  #length(start: number, length: number): void {
    const buffer = this.#buffer;
    buffer[start] = length >>> 24;
    buffer[start + 1] = length >>> 16;
    buffer[start + 2] = length >>> 8;
    buffer[start + 3] = length;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A safe integer from 0 in decimal digits, as text has them; returns the end. */
function writeDigits(buffer: Uint8Array, start: number, value: number): number {
  const billions = Math.floor(value / 1e9);
  if (billions === 0) return writeShort(buffer, start, value, 1);
  return writeShort(buffer, writeShort(buffer, start, billions, 1), value - billions * 1e9, 9);
}

/** Below 2^31, with leading zeros up to `least` digits. */
function writeShort(buffer: Uint8Array, start: number, value: number, least: number): number {
  let digits = least;
  while (value >= powersOfTen[digits]!) digits++;
  let rest = value | 0;
  for (let at = start + digits - 1; at >= start; at--) {
    const tens = (rest / 10) | 0;
    buffer[at] = 0x30 + rest - 10 * tens;
    rest = tens;
  }
  return start + digits;
}

const powersOfTen = Array.from({ length: 11 }, (_, power) => 10 ** power);

/**
 * Remembers the ids of the last messages, to drop repeats where they arrive close together (a QoS 1 resend,
 * a batch delivered twice). Exact within the last `capacity` ids; older repeats are dropped where rows are
 * compacted or read, by `msg_id`.
 */
export class RecentMessages {
  #current = new Set<string>();
  #previous = new Set<string>();
  readonly #half: number;

  /** @param capacity ids remembered at least; memory is about 100 bytes an id */
  constructor(capacity: number) {
    this.#half = Math.max(1, capacity);
  }

  /** Whether the id was seen before; remembers it either way. */
  seen(id: Uint8Array): boolean {
    const key = String.fromCharCode.apply(null, id as unknown as number[]);
    if (this.#current.has(key)) return true;
    const known = this.#previous.has(key);
    this.#current.add(key);
    if (this.#current.size >= this.#half) {
      this.#previous = this.#current;
      this.#current = new Set();
    }
    return known;
  }
}
