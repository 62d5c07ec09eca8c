/**
 * MessagePack (github.com/msgpack/msgpack, spec.md) as a tree with names, strictly: ill-formed UTF-8, names that come
 * twice, counts beyond the bytes and bytes behind the item are refused.
 */

import { asText } from "../cbor-values.ts";
import { Fault, shown } from "../fault.ts";
import { narrow } from "../integers.ts";
import { emptyObject, TreeTime, type TreeValue } from "../tree.ts";

const maximumDepth = 64;
const word = 4_294_967_296;

/** The one item that the bytes are. Throws a {@link Fault}. */
export function readMessagePack(bytes: Uint8Array): TreeValue {
  const reader = new MessagePackReader(bytes);
  const value = reader.item(0);
  const left = bytes.length - reader.position;
  if (left > 0) throw new Fault("trailing-bytes", `${left} bytes behind the item`);
  return value;
}

class MessagePackReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  item(depth: number): TreeValue {
    const format = this.#bytes[this.#claim(1)]!;
    if (format < 0x80) return format;
    if (format < 0x90) return this.#map(format & 0x0f, depth);
    if (format < 0xa0) return this.#array(format & 0x0f, depth);
    if (format < 0xc0) return this.#text(format & 0x1f);
    if (format >= 0xe0) return format - 256;
    const view = this.#view;
    switch (format) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#unsigned(1 << (format - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#unsigned(1 << (format - 0xc7)));
      case 0xca:
        return view.getFloat32(this.#claim(4));
      case 0xcb:
        return view.getFloat64(this.#claim(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (format - 0xcc));
      case 0xcf:
        return narrow(view.getBigUint64(this.#claim(8)));
      case 0xd0:
        return view.getInt8(this.#claim(1));
      case 0xd1:
        return view.getInt16(this.#claim(2));
      case 0xd2:
        return view.getInt32(this.#claim(4));
      case 0xd3:
        return narrow(view.getBigInt64(this.#claim(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (format - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (format - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(2 << (format - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(2 << (format - 0xde)), depth);
      default:
        throw this.#broken("the format 0xc1, which is never used");
    }
  }

  #array(count: number, depth: number): TreeValue {
    this.#open(count, depth);
    const items: TreeValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.item(depth + 1));
    return items;
  }

  #map(count: number, depth: number): TreeValue {
    this.#open(2 * count, depth);
    const object = emptyObject();
    for (let index = 0; index < count; index++) {
      const key = this.item(depth + 1);
      if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint")
        throw new Fault("schema", `a map has the name ${shown(key)}; a text or integer is expected`);
      const name = String(key);
      if (name in object) throw new Fault("not-well-formed", `the name ${shown(name)} comes twice`);
      object[name] = this.item(depth + 1);
    }
    return object;
  }

  /** Before the items of a container: a few bytes can't claim gigabytes. */
  #open(items: number, depth: number): void {
    if (depth >= maximumDepth) throw this.#broken(`nested deeper than ${maximumDepth}`);
    if (items > this.#bytes.length - this.position) throw this.#broken("more items claimed than bytes left");
  }

  #text(length: number): string {
    const start = this.#claim(length);
    return asText(this.#bytes, start, this.position);
  }

  #binary(length: number): Uint8Array {
    const start = this.#claim(length);
    return this.#bytes.slice(start, this.position);
  }

  /** A time where the type is -1; what other types mean is an application's own: their bytes as they are. */
  #extension(length: number): TreeValue {
    const type = this.#view.getInt8(this.#claim(1));
    const start = this.#claim(length);
    if (type !== -1) return this.#bytes.slice(start, this.position);
    const view = this.#view;
    if (length === 4) return new TreeTime(view.getUint32(start) * 1_000_000, null);
    if (length === 8) {
      const high = view.getUint32(start);
      return this.#time((high & 3) * word + view.getUint32(start + 4), high >>> 2);
    }
    if (length === 12) return this.#time(Number(view.getBigInt64(start + 4)), view.getUint32(start));
    throw this.#broken(`a timestamp of ${length} bytes`);
  }

  #time(seconds: number, nanoseconds: number): TreeTime {
    if (nanoseconds > 999_999_999) throw this.#broken(`a timestamp of ${nanoseconds} nanoseconds`);
    return new TreeTime(seconds * 1_000_000 + Math.floor(nanoseconds / 1_000), nanoseconds % 1_000 || null);
  }

  #unsigned(size: number): number {
    const at = this.#claim(size);
    return size === 1
      ? this.#view.getUint8(at)
      : size === 2
        ? this.#view.getUint16(at)
        : this.#view.getUint32(at);
  }

  /** Go past so many bytes; returns where they start. */
  #claim(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw this.#broken("the input ends inside an item");
    this.position = start + length;
    return start;
  }

  #broken(detail: string): Fault {
    return new Fault("not-well-formed", `${detail} at byte ${this.position}`);
  }
}
