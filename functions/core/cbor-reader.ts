/**
 * CBOR (RFC 8949) item by item, in place: heads, arguments, strings, floats. Counts and lengths are bounded by the
 * bytes that are there, so that a few bytes can't claim gigabytes. Every method throws a {@link Fault}.
 */

import * as major from "./cbor-major.ts";
import { asText, halfToNumber } from "./cbor-values.ts";
import { Fault } from "./fault.ts";
import { repeatedText } from "./text-cache.ts";

/** Argument of an item of indefinite length. */
export const indefinite = -1;

/** A fault about the bytes at an offset. */
export function broken(detail: string, at: number): Fault {
  return new Fault("not-well-formed", `${detail} at byte ${at}`);
}

export class CborReader {
  readonly bytes: Uint8Array;
  position = 0;
  /** Of the head read last: major type. */
  type = 0;
  /** Additional information 0-31. */
  info = 0;
  /** Argument; {@link indefinite}; rounded above 2^53-1, where {@link exactArgument} is the one to ask. */
  argument = 0;
  #high = 0;
  #low = 0;
  #view: DataView | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Read the head of the next item: type, additional information, argument. */
  head(): void {
    const { bytes } = this;
    const at = this.position;
    if (at >= bytes.length) throw broken("input ends before an item", at);
    const initial = bytes[at]!;
    this.type = initial >> 5;
    const info = (this.info = initial & 31);
    this.position = at + 1;
    if (info < 24) {
      this.argument = info;
    } else if (info === 24) {
      this.argument = this.#unsigned(1);
    } else if (info === 25) {
      this.argument = this.#unsigned(2);
    } else if (info === 26) {
      this.argument = this.#unsigned(4);
    } else if (info === 27) {
      this.#high = this.#unsigned(4);
      this.#low = this.#unsigned(4);
      this.argument = this.#high * 4_294_967_296 + this.#low;
    } else if (info === 31 && this.type >= major.bytes && this.type !== major.tag) {
      this.argument = indefinite;
    } else {
      throw broken("reserved additional information", at);
    }
  }

  /** Whether the next byte is the "break" that closes an indefinite item; if so it is consumed. */
  takeBreak(): boolean {
    if (this.position >= this.bytes.length)
      throw broken("input ends inside an indefinite item", this.position);
    if (this.bytes[this.position] !== 0xff) return false;
    this.position++;
    return true;
  }

  /** Number of items behind an array head (pairs behind a map head), checked against the bytes left. */
  count(): number {
    if (this.argument === indefinite) return indefinite;
    const least = this.type === major.map ? 2 : 1;
    if (this.argument * least > this.bytes.length - this.position) {
      throw broken("more items claimed than bytes left", this.position);
    }
    return this.argument;
  }

  /** The argument as it is, whatever its size. */
  exactArgument(): number | bigint {
    if (this.info !== 27 || this.#high <= 0x1f_ffff) return this.argument;
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** Integer of a head of type unsigned or negative. */
  integer(): number | bigint {
    const argument = this.exactArgument();
    if (this.type === major.unsigned) return argument;
    return typeof argument === "bigint" || argument === Number.MAX_SAFE_INTEGER
      ? -1n - BigInt(argument)
      : -1 - argument;
  }

  /** Float of a head of type simple with additional information 25, 26 or 27. */
  float(): number {
    if (this.info === 25) return halfToNumber(this.argument);
    const { bytes, position } = this;
    this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.info === 26 ? this.#view.getFloat32(position - 4) : this.#view.getFloat64(position - 8);
  }

  /** Text behind a head of type text. */
  text(): string {
    if (this.argument !== indefinite) {
      const start = this.position;
      return asText(this.bytes, start, this.#claim(this.argument));
    }
    let whole = "";
    // Each chunk is valid UTF-8 by itself (RFC 8949 section 3.2.3).
    for (const chunk of this.#chunks(major.text)) whole += asText(chunk, 0, chunk.length);
    return whole;
  }

  /** Text that is likely to come again: a name. */
  name(): string {
    if (this.argument === indefinite) return this.text();
    const start = this.position;
    return repeatedText(this.bytes, start, this.#claim(this.argument));
  }

  /** A copy of the bytes behind a head of type bytes. */
  byteString(): Uint8Array {
    if (this.argument !== indefinite) return this.#take(this.argument).slice();
    const chunks = this.#chunks(major.bytes);
    const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** Nothing may follow: call behind the last item. */
  finish(): void {
    const left = this.bytes.length - this.position;
    if (left > 0) throw new Fault("trailing-bytes", `${left} bytes behind the item`);
  }

  /** Go past the content of a string; returns its end. */
  #claim(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start)
      throw broken(`a string of ${length} bytes goes beyond the input`, start);
    return (this.position = start + length);
  }

  #take(length: number): Uint8Array {
    const start = this.position;
    return this.bytes.subarray(start, this.#claim(length));
  }

  #chunks(type: number): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    while (!this.takeBreak()) {
      this.head();
      if (this.type !== type || this.argument === indefinite) {
        throw broken("a chunk of another type inside an indefinite string", this.position - 1);
      }
      chunks.push(this.#take(this.argument));
    }
    return chunks;
  }

  #unsigned(length: number): number {
    const { bytes } = this;
    const at = this.position;
    if (at + length > bytes.length) throw broken("input ends inside a head", at);
    this.position = at + length;
    let value = 0;
    for (let index = at; index < at + length; index++) value = value * 256 + bytes[index]!;
    return value;
  }
}
