/**
 * JSON text (RFC 8259) item by item, strictly, for formats whose shape is known: no objects in between, so that it is
 * faster than JSON.parse, and a name that comes twice can be seen. Every method throws a {@link Fault}.
 */

import { Fault } from "./fault.ts";
import * as character from "./json-characters.ts";

const maximumDepth = 64;

/** Powers of ten that a double holds exactly. */
const exactPowers = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Decimal digits that a double holds exactly, whatever they are. */
const exactDigits = 15;

export class JsonScanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Skip whitespace; the code of the character then at the position, NaN at the end. */
  peek(): number {
    const { text } = this;
    let at = this.position;
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at);
    this.position = at;
    return code;
  }

  /** Go past a character that must come next. */
  expect(code: number): void {
    if (this.peek() !== code) this.fail(`"${String.fromCharCode(code)}" expected`);
    this.position++;
  }

  /** Between the items of an array or object: true past a comma, false past the closing character. */
  more(close: number): boolean {
    const code = this.peek();
    if (code !== character.comma && code !== close) this.fail("a comma or the end expected");
    this.position++;
    return code === character.comma;
  }

  /** Past the opening character of an array or object: false if it is closed at once. */
  begins(close: number): boolean {
    if (this.peek() !== close) return true;
    this.position++;
    return false;
  }

  /** Nothing but whitespace may follow. */
  finish(): void {
    if (!Number.isNaN(this.peek())) this.fail("nothing expected behind the value", "trailing-bytes");
  }

  /** The string at the position. */
  string(): string {
    if (this.peek() !== character.quote) this.fail("a string expected");
    const { text } = this;
    const start = this.position + 1;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === character.quote) break;
      if (code === character.backslash) return this.#escapedString(start);
      // Also true of NaN, the end of the text.
      if (!(code >= 0x20)) this.fail("a control character or the end inside a string");
      at++;
    }
    this.position = at + 1;
    return text.slice(start, at);
  }

  /**
   * A name of an object of at most four plain characters as one number, a byte a character; 0 for
   * any other name, which is not consumed. Spares the string where the names are known.
   */
  shortName(): number {
    if (this.peek() !== character.quote) this.fail("a name expected");
    const { text, position } = this;
    let packed = 0;
    for (let at = position + 1; at < position + 6; at++) {
      const code = text.charCodeAt(at);
      if (code === character.quote) {
        this.position = at + 1;
        return packed;
      }
      if (!(code > 0x20 && code < 0x7f) || code === character.backslash || packed > 0xff_ffff) return 0;
      packed = packed * 256 + code;
    }
    return 0;
  }

  /** The number at the position, rounded to the nearest double. */
  number(): number {
    const { text } = this;
    const start = this.position;
    let at = start;
    let code = text.charCodeAt(at);
    const negative = code === character.minus;
    if (negative) code = text.charCodeAt(++at);
    const first = at;
    let digits = 0;
    while (code >= character.zero && code <= character.nine) {
      digits = digits * 10 + (code - character.zero);
      code = text.charCodeAt(++at);
    }
    let count = at - first;
    if (count === 0 || (count > 1 && text.charCodeAt(first) === character.zero))
      this.fail("a number expected");
    let power = 0;
    if (code === character.dot) {
      const point = at;
      code = text.charCodeAt(++at);
      while (code >= character.zero && code <= character.nine) {
        digits = digits * 10 + (code - character.zero);
        code = text.charCodeAt(++at);
      }
      power = point + 1 - at;
      count -= power;
      if (power === 0) this.fail("a digit expected behind the point");
    }
    this.position = at;
    const exponential = (code | 0x20) === 0x65;
    if (exponential) this.#exponent();
    // One exact integer times or by one exact power of ten rounds once, and so rounds right.
    if (!exponential && count <= exactDigits) {
      const value = power === 0 ? digits : digits / exactPowers[-power]!;
      return negative ? -value : value;
    }
    return Number(text.slice(start, this.position));
  }

  /** Whether the next value is a number. */
  atNumber(): boolean {
    const code = this.peek();
    return (code >= character.zero && code <= character.nine) || code === character.minus;
  }

  /** `true` or `false` if it comes next, else null. */
  boolean(): boolean | null {
    this.peek();
    if (this.text.startsWith("true", this.position)) return this.#past(4, true);
    return this.text.startsWith("false", this.position) ? this.#past(5, false) : null;
  }

  /** Go past the next value, whatever it is. */
  skip(depth = 0): void {
    const code = this.peek();
    if (code === character.quote) this.string();
    else if (code === character.openArray || code === character.openObject) {
      if (depth === maximumDepth) this.fail(`nested deeper than ${maximumDepth}`);
      this.position++;
      const isObject = code === character.openObject;
      const close = isObject ? character.closeObject : character.closeArray;
      if (!this.begins(close)) return;
      do {
        if (isObject) {
          this.string();
          this.expect(character.colon);
        }
        this.skip(depth + 1);
      } while (this.more(close));
    } else if (this.atNumber()) this.number();
    else if (this.text.startsWith("null", this.position)) this.position += 4;
    else if (this.boolean() === null) this.fail("a value expected");
  }

  fail(what: string, reason: Fault["reason"] = "not-well-formed"): never {
    throw new Fault(reason, `JSON: ${what} at character ${this.position}`);
  }

  #past(length: number, value: boolean): boolean {
    this.position += length;
    return value;
  }

  #exponent(): void {
    const { text } = this;
    let code = text.charCodeAt(++this.position);
    if (code === 0x2b || code === character.minus) code = text.charCodeAt(++this.position);
    const start = this.position;
    while (code >= character.zero && code <= character.nine) code = text.charCodeAt(++this.position);
    if (this.position === start) this.fail("a digit expected in the exponent");
  }

  /** A string with escapes: rare, so its end is found here and JSON.parse reads it. */
  #escapedString(start: number): string {
    const { text } = this;
    let at = start;
    for (let code = text.charCodeAt(at); code !== character.quote; code = text.charCodeAt(++at)) {
      if (Number.isNaN(code)) this.fail("the end inside a string");
      if (code === character.backslash) at++;
    }
    this.position = at + 1;
    try {
      return JSON.parse(text.slice(start - 1, at + 1)) as string;
    } catch {
      return this.fail("an escape that JSON does not have");
    }
  }
}
