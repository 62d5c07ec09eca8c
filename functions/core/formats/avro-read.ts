/** Avro's binary encoding (Apache Avro 1.12 specification, "Binary Encoding"), by the schema that it was written with. */

import { asText } from "../cbor-values.ts";
import { Fault, shown } from "../fault.ts";
import { signed64 } from "../integers.ts";
import { emptyObject, TreeTime, type TreeValue } from "../tree.ts";
import type { AvroLogical, AvroType } from "./avro-types.ts";

/** Records and containers within each other. */
const maximumDepth = 64;
/** Items of one message: those of no bytes cost their sender nothing. */
const maximumItems = 100_000;

/** The one value that the bytes are. Throws a {@link Fault}. */
export type AvroReader = (bytes: Uint8Array) => TreeValue;

type Read = (from: AvroBytes, depth: number) => TreeValue;

export function avroReader(type: AvroType): AvroReader {
  const read = readerOf(type, new Map());
  return (bytes) => {
    const from = new AvroBytes(bytes);
    const value = read(from, 0);
    const left = bytes.length - from.position;
    if (left > 0) throw new Fault("trailing-bytes", `${left} bytes behind the value`);
    return value;
  };
}

/** @param made readers of records by their name, so that one may hold itself */
function readerOf(type: AvroType, made: Map<string, Read>): Read {
  switch (type.kind) {
    case "null":
      return () => null;
    case "boolean":
      return (from) => from.boolean();
    case "int":
      return logicalInteger(type.logical, (from) => from.int());
    case "long":
      return logicalInteger(type.logical, (from) => from.long());
    case "float":
      return (from) => from.float();
    case "double":
      return (from) => from.double();
    case "string":
      return (from) => from.text();
    case "bytes":
      return logicalBytes(type.logical, (from) => from.take(from.length()));
    case "fixed":
      return logicalBytes(type.logical, (from) => from.take(type.size));
    case "enum":
      return (from) => {
        const index = from.int();
        const symbol = type.symbols[index];
        if (symbol === undefined) throw from.broken(`${type.name} has no symbol ${index}`);
        return symbol;
      };
    case "union": {
      const branches = type.branches.map((branch) => readerOf(branch, made));
      return (from, depth) => {
        const index = from.int();
        const branch = branches[index];
        if (branch === undefined) throw from.broken(`a union has no branch ${index}`);
        return branch(from, depth);
      };
    }
    case "array": {
      const item = readerOf(type.items, made);
      return (from, depth) => {
        const items: TreeValue[] = [];
        from.blocks(depth, () => items.push(item(from, depth + 1)));
        return items;
      };
    }
    case "map": {
      const value = readerOf(type.values, made);
      return (from, depth) => {
        const object = emptyObject();
        from.blocks(depth, () => {
          const name = from.text();
          if (name in object) throw from.broken(`the name ${shown(name)} comes twice`);
          object[name] = value(from, depth + 1);
        });
        return object;
      };
    }
    case "named": {
      const known = made.get(type.name);
      CHECKED: if (known === undefined) throw new Error(`the schema has no record "${type.name}"`);
      return known;
    }
    case "record": {
      const fields: { name: string; read: Read }[] = [];
      const read: Read = (from, depth) => {
        from.deepen(depth);
        const object = emptyObject();
        for (let index = 0; index < fields.length; index++) {
          const field = fields[index]!;
          object[field.name] = field.read(from, depth + 1);
        }
        return object;
      };
      made.set(type.name, read);
      for (const { name, type: of } of type.fields) fields.push({ name, read: readerOf(of, made) });
      return read;
    }
  }
}

/** Integers that stand for a time ("Logical Types"). A local time is taken as if it were UTC: it says no zone. */
function logicalInteger(logical: AvroLogical | undefined, read: (from: AvroBytes) => number | bigint): Read {
  if (logical === undefined) return read;
  const { scale } = logical;
  if (scale >= 1) return (from) => new TreeTime(Number(read(from)) * scale, null);
  return (from) => {
    const count = BigInt(read(from));
    const rest = ((count % 1_000n) + 1_000n) % 1_000n;
    return new TreeTime(Number((count - rest) / 1_000n), Number(rest) || null);
  };
}

function logicalBytes(logical: AvroLogical | undefined, read: (from: AvroBytes) => Uint8Array): Read {
  if (logical === undefined) return read;
  return (from) => {
    const bytes = read(from);
    if (bytes.length > 64) throw from.broken(`a decimal of ${bytes.length} bytes`);
    let unscaled = 0n;
    for (const byte of bytes) unscaled = (unscaled << 8n) | BigInt(byte);
    unscaled = BigInt.asIntN(8 * bytes.length, unscaled);
    // By way of decimal text: dividing by a power of ten would round twice.
    return Number(`${unscaled}e${-logical.scale}`);
  };
}

class AvroBytes {
  position = 0;
  #items = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  boolean(): boolean {
    const byte = this.#bytes[this.#claim(1)]!;
    if (byte > 1) throw this.broken(`a boolean of ${byte}`);
    return byte === 1;
  }

  int(): number {
    const value = this.long();
    if (typeof value === "bigint" || value < -0x8000_0000 || value > 0x7fff_ffff)
      throw this.broken(`${value} is no int`);
    return value;
  }

  /** Zigzag, at most ten bytes. */
  long(): number | bigint {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw this.broken("a long of more than ten bytes");
      const byte = this.#bytes[this.#claim(1)]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 128) break;
    }
    // Zigzag: the lowest bit turns all the others over.
    const turned = -(low & 1);
    return signed64((high >>> 1) ^ turned, (((low >>> 1) | (high << 31)) ^ turned) >>> 0);
  }

  float(): number {
    return this.#view.getFloat32(this.#claim(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#claim(8), true);
  }

  /** Of bytes or text that follow. */
  length(): number {
    const length = this.long();
    if (typeof length === "bigint" || length < 0) throw this.broken(`a length of ${length}`);
    return length;
  }

  text(): string {
    const start = this.#claim(this.length());
    return asText(this.#bytes, start, this.position);
  }

  take(length: number): Uint8Array {
    const start = this.#claim(length);
    return this.#bytes.slice(start, this.position);
  }

  deepen(depth: number): void {
    if (depth >= maximumDepth) throw this.broken(`nested deeper than ${maximumDepth}`);
  }

  /** The blocks of an array or map; a negative count comes with the block's size. */
  blocks(depth: number, item: () => void): void {
    this.deepen(depth);
    for (;;) {
      let count = Number(this.long());
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        this.length();
      }
      this.#items += count;
      if (this.#items > maximumItems) throw this.broken(`more than ${maximumItems} items in one message`);
      for (let index = 0; index < count; index++) item();
    }
  }

  broken(detail: string): Fault {
    return new Fault("not-well-formed", `${detail} at byte ${this.position}`);
  }

  #claim(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw this.broken("the input ends inside a value");
    this.position = start + length;
    return start;
  }
}
