/** Files of lines, and files that are one record. */

import { maximumPayloadBytes } from "../envelope.ts";
import type { Piece, Splitter } from "./log-file.ts";
import { tooLong } from "./log-file.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Two pieces of a record as one. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Bytes of the byte order mark that a file may begin with; it is no part of the first record. */
export function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** A record a line, the ends of lines left out; empty lines are none. */
export function lineSplitter(): Splitter {
  let rest: Uint8Array = new Uint8Array(0);
  let line = 1;
  /** Inside a line that was given up as too long. */
  let isSkipping = false;

  const cut = (bytes: Uint8Array, start: number, end: number, pieces: Piece[]): void => {
    const at = line++;
    if (isSkipping) {
      isSkipping = false;
      return;
    }
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    const first = at === 1 ? start + markLength(bytes.subarray(start, last)) : start;
    if (last - first > maximumPayloadBytes) pieces.push(tooLong(at, bytes.subarray(first, last)));
    else if (last > first) pieces.push({ at, bytes: bytes.slice(first, last), fault: null });
  };

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      const bytes = joined(rest, chunk);
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        cut(bytes, start, end, pieces);
        start = end + 1;
      }
      rest = bytes.slice(start);
      if (isSkipping) rest = rest.slice(0, 0);
      else if (rest.length > maximumPayloadBytes + 2) {
        pieces.push(tooLong(line, rest));
        isSkipping = true;
        rest = rest.slice(0, 0);
      }
      return pieces;
    },
    end() {
      const pieces: Piece[] = [];
      if (rest.length > 0 || isSkipping) cut(rest, 0, rest.length, pieces);
      return pieces;
    },
  };
}

/** A file that is one record. */
export function wholeSplitter(): Splitter {
  let whole: Uint8Array = new Uint8Array(0);
  let isTooLong = false;
  return {
    push(chunk) {
      if (isTooLong) return [];
      whole = joined(whole, chunk).slice();
      if (whole.length <= maximumPayloadBytes) return [];
      isTooLong = true;
      return [tooLong(0, whole)];
    },
    end: () => (isTooLong || whole.length === 0 ? [] : [{ at: 0, bytes: whole, fault: null }]),
  };
}
