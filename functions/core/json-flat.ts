/**
 * JSON objects of the shape that a device sends all the time: one level, plain names, numbers and short texts. Read from
 * the bytes, without text or parse tree in between, several times faster than {@link readJson}; and only where there is
 * no doubt. Whatever is not plain, or of no shape that was seen before, is left to that.
 */

import type { JsonValue } from "./json.ts";
import { readJson } from "./json.ts";
import * as character from "./json-characters.ts";
import { decodeDocument } from "./text.ts";

/** Shapes of one profile that are remembered; devices of a profile mostly share one. */
const rememberedShapes = 4;
const mostNames = 64;
/** Digits that a double holds exactly, whatever they are, and so a quotient of such a number rounds once. */
const exactDigits = 15;
const powers = Array.from({ length: exactDigits + 1 }, (_, power) => 10 ** power);

/** Names of an object in their order, as they stand in the text with their quotes. */
interface Shape {
  readonly names: readonly string[];
  readonly quoted: readonly Uint8Array[];
}

export class FlatJsonReader {
  private shapes: Shape[] = [];
  private bytes: Uint8Array = new Uint8Array();
  private at = 0;

  /** Like {@link readJson} of the bytes as UTF-8. Throws a Fault. */
  read(bytes: Uint8Array): JsonValue {
    this.bytes = bytes;
    for (const shape of this.shapes) {
      const value = this.readShape(shape);
      if (value !== null) return value;
    }
    const value = readJson(decodeDocument(bytes));
    this.learn(value);
    return value;
  }

  /** `null` where the bytes are not, or may not be, an object of this shape. */
  private readShape({ names, quoted }: Shape): JsonValue {
    this.at = 0;
    if (this.next() !== character.openObject) return null;
    this.at++;
    const record: Record<string, JsonValue> = {};
    for (let index = 0; index < names.length; index++) {
      this.next();
      if (!this.passes(quoted[index]!) || this.next() !== character.colon) return null;
      this.at++;
      const value = this.value();
      if (value === undefined) return null;
      record[names[index]!] = value;
      const behind = this.next();
      if (behind !== (index === names.length - 1 ? character.closeObject : character.comma)) return null;
      this.at++;
    }
    return Number.isNaN(this.next()) ? record : null;
  }

  /** Past whitespace; the byte then at the position, NaN at the end. */
  private next(): number {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return NaN;
  }

  private passes(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < expected.length; index++) {
      if (bytes[at + index] !== expected[index]) return false;
    }
    this.at = at + expected.length;
    return true;
  }

  /** `undefined` for what is not plain. */
  private value(): number | string | boolean | null | undefined {
    const first = this.next();
    if (first === character.quote) return this.text();
    if (first === character.minus || (first >= character.zero && first <= character.nine))
      return this.number();
    if (this.passes(literals.true)) return true;
    if (this.passes(literals.false)) return false;
    return this.passes(literals.null) ? null : undefined;
  }

  /** Printable ASCII without escapes. */
  private text(): string | undefined {
    const { bytes } = this;
    const start = this.at + 1;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === character.quote) {
        this.at = at + 1;
        return String.fromCharCode.apply(null, bytes.subarray(start, at) as unknown as number[]);
      }
      if (byte < 0x20 || byte > 0x7e || byte === character.backslash || at - start > 255) return undefined;
    }
    return undefined;
  }

  /** Without an exponent and of few enough digits to be exact. */
  private number(): number | undefined {
    const { bytes } = this;
    let { at } = this;
    const isNegative = bytes[at] === character.minus;
    if (isNegative) at++;
    const start = at;
    let digits = 0;
    let byte = bytes[at]!;
    for (; byte >= character.zero && byte <= character.nine; byte = bytes[++at]!)
      digits = digits * 10 + (byte - character.zero);
    let count = at - start;
    if (count === 0 || (count > 1 && bytes[start] === character.zero)) return undefined;
    let value = digits;
    if (byte === character.dot) {
      const point = at;
      byte = bytes[++at]!;
      for (; byte >= character.zero && byte <= character.nine; byte = bytes[++at]!)
        digits = digits * 10 + (byte - character.zero);
      const decimals = at - point - 1;
      count += decimals;
      if (decimals === 0 || count > exactDigits) return undefined;
      value = digits / powers[decimals]!;
    }
    if (count > exactDigits || (byte | 0x20) === 0x65) return undefined;
    this.at = at;
    return isNegative ? -value : value;
  }

  private learn(value: JsonValue): void {
    const shape = shapeOf(value);
    if (shape === null) return;
    // The one that was of use last comes first.
    this.shapes = [shape, ...this.shapes.slice(0, rememberedShapes - 1)];
  }
}

const asBytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const literals = { true: asBytes("true"), false: asBytes("false"), null: asBytes("null") };

/** `null` for a value that has none that could be read by. Names like `7` stand in another order than they were sent in. */
function shapeOf(value: JsonValue): Shape | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const names = Object.keys(value);
  const isPlain = (name: string): boolean =>
    /^[A-Za-z_ -][A-Za-z0-9_. -]{0,63}$/.test(name) && name !== "__proto__";
  if (names.length === 0 || names.length > mostNames || !names.every(isPlain)) return null;
  return { names, quoted: names.map((name) => asBytes(`"${name}"`)) };
}
