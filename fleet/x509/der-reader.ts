/** Reads DER (ITU-T X.690), strictly: what a request, a certificate and a revocation list are made of. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

/** Thrown for bytes that are not DER, or not what was looked for. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** Walks the elements of one constructed element, or of a whole file. */
export class DerReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Tag of the next element; -1 at the end. */
  get tag(): number {
    return this.isAtEnd ? -1 : (this.#bytes[this.#at] as number);
  }

  /** The next element whole, header included. */
  raw(): Buffer {
    const start = this.#at;
    const { end } = this.#header();
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  /** Contents of the next element, which must have this tag. */
  contents(tag: number): Buffer {
    const found = this.tag;
    if (found !== tag) throw new DerError(`expected an element of tag ${tag}, found ${found}`);
    const { start, end } = this.#header();
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  enter(tag: number = Tag.sequence): DerReader {
    return new DerReader(this.contents(tag));
  }

  /** Whether the next element has this tag; then it is stepped over. */
  skip(tag: number): boolean {
    if (this.tag !== tag) return false;
    this.contents(tag);
    return true;
  }

  /** In dotted form. */
  oid(): string {
    const bytes = this.contents(Tag.oid);
    const parts: number[] = [];
    let value = 0;
    for (const byte of bytes) {
      value = value * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      parts.push(value);
      value = 0;
    }
    const [first = 0, ...rest] = parts;
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - root * 40, ...rest].join(".");
  }

  /** UTCTime or GeneralizedTime as RFC 5280 (4.1.2.5) writes them. */
  time(): Date {
    const isShort = this.tag === Tag.utcTime;
    const text = this.contents(isShort ? Tag.utcTime : Tag.generalizedTime).toString("latin1");
    const digits = isShort ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
    const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
    if (match === null) throw new DerError(`not a time of RFC 5280: ${text}`);
    const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  }

  #header(): { start: number; end: number } {
    const first = this.#bytes[this.#at + 1] ?? 0x80;
    let start = this.#at + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || start + count > this.#end)
        throw new DerError("a length that is not DER");
      length = this.#bytes.readUIntBE(start, count);
      if (length < 0x80 || (count > 1 && this.#bytes[start] === 0)) {
        throw new DerError("a length that is longer than it needs to be");
      }
      start += count;
    }
    if (start + length > this.#end) throw new DerError("an element reaches beyond its end");
    return { start, end: start + length };
  }
}
