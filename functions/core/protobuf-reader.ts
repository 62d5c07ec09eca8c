/**
 * Protocol Buffers' wire format, field by field, in place: tags, varints, fixed-width numbers, length-delimited fields.
 * Lengths are bounded by the bytes that are there. Every method throws a {@link Fault}.
 * Source: protobuf.dev, "Encoding".
 */

import { asText } from "./cbor-values.ts";
import { Fault } from "./fault.ts";
import { signed64, unsigned64 } from "./integers.ts";
import * as wire from "./protobuf-wire.ts";
import { repeatedText } from "./text-cache.ts";

/** Groups within groups of a field that is skipped. */
const maximumDepth = 64;

/** 2^32. */
const word = 4_294_967_296;

export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** Where the next field begins. */
  position = 0;
  /** Where the message being read ends. */
  end: number;
  /** Halves of the varint read last, unsigned. */
  low = 0;
  high = 0;
  #view: DataView | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Field number and wire type of the next field, as `number * 8 + type`; 0 at the end of the message. */
  tag(): number {
    if (this.position >= this.end) return 0;
    const tag = this.unsigned();
    if (tag < 8 || tag >= word) throw this.broken(`tag ${tag} names no field`);
    return tag;
  }

  /** Read a varint into {@link low} and {@link high}: at most ten bytes, of which 64 bits count. */
  varint(): void {
    const { bytes, end } = this;
    let at = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.broken("a message ends inside a field");
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= bits << 31;
      if (byte < 128) {
        this.position = at;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw this.broken("a varint of more than ten bytes");
  }

  /** A varint as an unsigned number, rounded above 2^53-1. */
  unsigned(): number {
    const { bytes } = this;
    const at = this.position;
    // One byte is the ordinary case, and this is the innermost loop of every message.
    if (at < this.end) {
      const byte = bytes[at]!;
      if (byte < 128) {
        this.position = at + 1;
        return byte;
      }
    }
    this.varint();
    return this.high * word + this.low;
  }

  /** A varint of 64 bits unsigned, exactly. */
  uint64(): number | bigint {
    this.varint();
    return unsigned64(this.high, this.low);
  }

  /** A varint of 64 bits in two's complement, exactly. */
  int64(): number | bigint {
    this.varint();
    return signed64(this.high | 0, this.low);
  }

  /** A varint of 32 bits: what a longer one has above them does not count (protobuf.dev, "Encoding", signed integers). */
  uint32(): number {
    const at = this.position;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte < 128) {
        this.position = at + 1;
        return byte;
      }
    }
    this.varint();
    return this.low;
  }

  bool(): boolean {
    this.varint();
    return this.low !== 0 || this.high !== 0;
  }

  float(): number {
    const at = this.#claim(4);
    return this.#viewed().getFloat32(at, true);
  }

  double(): number {
    const at = this.#claim(8);
    return this.#viewed().getFloat64(at, true);
  }

  fixed32(): number {
    const at = this.#claim(4);
    return this.#viewed().getUint32(at, true);
  }

  fixed64(): number | bigint {
    const at = this.#claim(8);
    const view = this.#viewed();
    return unsigned64(view.getUint32(at + 4, true), view.getUint32(at, true));
  }

  sfixed64(): number | bigint {
    const at = this.#claim(8);
    const view = this.#viewed();
    return signed64(view.getInt32(at + 4, true), view.getUint32(at, true));
  }

  /** Go past a delimited field's length and content; the content then ends at {@link position}. Returns where it starts. */
  delimited(): number {
    const length = this.unsigned();
    return this.#claim(length);
  }

  text(): string {
    const start = this.delimited();
    return asText(this.bytes, start, this.position);
  }

  /** Text that is likely to come again in other messages: a name. */
  name(): string {
    const start = this.delimited();
    return repeatedText(this.bytes, start, this.position);
  }

  /** A copy of a field of bytes. */
  byteString(): Uint8Array {
    const start = this.delimited();
    return this.bytes.slice(start, this.position);
  }

  /**
   * Enter the message that a delimited field holds: {@link end} becomes its end.
   * Returns the end of the message around it, to be given to {@link leave}.
   */
  enter(): number {
    const start = this.delimited();
    const outer = this.end;
    this.end = this.position;
    this.position = start;
    return outer;
  }

  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** Go past a field that is not known: later versions of a message may have more than the reader knows. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case wire.varint:
        this.varint();
        return;
      case wire.fixed64:
        this.#claim(8);
        return;
      case wire.delimited:
        this.delimited();
        return;
      case wire.fixed32:
        this.#claim(4);
        return;
      case wire.startGroup:
        this.#skipGroup(tag >>> 3, depth);
        return;
      default:
        throw this.broken(`wire type ${tag & 7}`);
    }
  }

  #skipGroup(field: number, depth: number): void {
    if (depth >= maximumDepth) throw this.broken(`groups nested deeper than ${maximumDepth}`);
    for (;;) {
      const tag = this.tag();
      if (tag === 0) throw this.broken("a message ends inside a group");
      if ((tag & 7) === wire.endGroup) {
        if (tag >>> 3 !== field) throw this.broken("a group ends as another one");
        return;
      }
      this.skip(tag, depth + 1);
    }
  }

  /** A fault about the bytes at hand. */
  broken(detail: string): Fault {
    return new Fault("not-well-formed", `${detail} at byte ${this.position}`);
  }

  /** Go past so many bytes; returns where they start. */
  #claim(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw this.broken("a message ends inside a field");
    this.position = start + length;
    return start;
  }

  #viewed(): DataView {
    const { bytes } = this;
    return (this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  }
}
