/** Files of comma-separated values: records may have line ends in quoted cells, and each takes the line of names along. */

import { maximumPayloadBytes } from "../envelope.ts";
import { Fault } from "../fault.ts";
import type { CsvProfile } from "../profiles/profile.ts";
import { joined, markLength } from "./line-splitter.ts";
import type { Piece, Splitter } from "./log-file.ts";
import { tooLong } from "./log-file.ts";

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const newline = Uint8Array.of(lineFeed);
const utf8 = new TextEncoder();

/**
 * A record a message. Where the first line names the columns, each message is that line and the record, so that it can
 * be read by itself, today and when it is replayed.
 */
export function csvSplitter(profile: CsvProfile): Splitter {
  const { skip = 0, comment } = profile;
  const isNamed = profile.header ?? profile.columns === undefined;
  const marker = comment === undefined ? null : utf8.encode(comment);
  const ends = new RecordEnds((profile.delimiter ?? ",").charCodeAt(0));
  let rest: Uint8Array = new Uint8Array(0);
  let header: Uint8Array | null = null;
  let isSkipping = false;
  let line = 1;

  const isComment = (record: Uint8Array): boolean =>
    marker !== null && marker.length > 0 && marker.every((byte, index) => record[index] === byte);

  const cut = (record: Uint8Array, pieces: Piece[]): void => {
    const at = line;
    line += 1 + ends.lines;
    if (isSkipping) {
      isSkipping = false;
      return;
    }
    const last = record.at(-1) === carriageReturn ? record.length - 1 : record.length;
    const bytes = record.subarray(at === 1 ? markLength(record) : 0, last);
    if (at <= skip || bytes.length === 0 || isComment(bytes)) return;
    if (bytes.length > maximumPayloadBytes) pieces.push(tooLong(at, bytes));
    else if (isNamed && header === null) {
      header = joined(bytes.slice(), newline);
      if (hasBareReturn(bytes)) pieces.push({ at, bytes: bytes.slice(), fault: bareReturn });
    } else pieces.push({ at, bytes: header === null ? bytes.slice() : joined(header, bytes), fault: null });
  };

  /** Cut what is whole. Behind a quote that nobody closes, a record ends with its line: it must not cost the others. */
  const scan = (whole: Uint8Array, from: number, isEnd: boolean, pieces: Piece[]): void => {
    let bytes = whole;
    let known = from;
    for (;;) {
      let start = 0;
      for (let end = ends.next(bytes, known); end >= 0; end = ends.next(bytes, start)) {
        cut(bytes.subarray(start, end), pieces);
        ends.begin();
        start = end + 1;
      }
      rest = bytes.slice(start);
      const isOpen = isEnd ? ends.inQuotes : rest.length > maximumPayloadBytes + 2;
      const lineEnd = isOpen ? rest.indexOf(lineFeed) : -1;
      if (lineEnd < 0) break;
      ends.begin();
      cut(rest.subarray(0, lineEnd), pieces);
      bytes = rest.slice(lineEnd + 1);
      known = 0;
    }
  };

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      scan(joined(rest, chunk), rest.length, false, pieces);
      if (rest.length <= maximumPayloadBytes + 2) return pieces;
      if (!isSkipping) pieces.push(tooLong(line, rest));
      isSkipping = true;
      rest = rest.slice(0, 0);
      ends.begin();
      return pieces;
    },
    end() {
      const pieces: Piece[] = [];
      scan(rest, rest.length, true, pieces);
      if (rest.length > 0) cut(rest, pieces);
      return pieces;
    },
  };
}

/** A file whose lines end by carriage returns alone is one line: of names, and nothing would be left of its records. */
const bareReturn = new Fault(
  "not-well-formed",
  "the line of column names has a carriage return without a line feed behind it; lines end by a line feed",
);

function hasBareReturn(bytes: Uint8Array): boolean {
  return bytes.some((byte, index) => byte === carriageReturn && bytes[index + 1] !== lineFeed);
}

/** Finds the ends of records, byte by byte, over the borders of chunks; `readCsvRecords` says what a record is. */
class RecordEnds {
  /** Line ends in quoted cells of the record at hand. */
  lines = 0;
  readonly #delimiter: number;
  #isCellStart = true;
  #isQuotedCell = false;
  inQuotes = false;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  begin(): void {
    this.lines = 0;
    this.#isCellStart = true;
    this.#isQuotedCell = false;
    this.inQuotes = false;
  }

  /** The next line end outside quotes at or behind a place; -1 where there is none. */
  next(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.inQuotes) {
        if (byte === quote) this.inQuotes = false;
        else if (byte === lineFeed) this.lines++;
        continue;
      }
      if (byte === lineFeed) return at;
      if (byte === quote) {
        // A doubled quote closes its cell and opens it again, which comes to the same.
        this.inQuotes = this.#isCellStart || (this.#isQuotedCell && bytes[at - 1] === quote);
        if (this.#isCellStart) this.#isQuotedCell = true;
      } else if (byte === this.#delimiter) this.#isQuotedCell = false;
      this.#isCellStart = byte === this.#delimiter;
    }
    return -1;
  }
}
