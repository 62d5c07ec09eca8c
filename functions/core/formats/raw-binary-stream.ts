/** Frames back to back: where each begins and ends, and how to find the next one behind bytes that are none. */

import { maximumPayloadBytes } from "../envelope.ts";
import { fromHex } from "../text.ts";
import type { FrameStream } from "./raw-binary-layout.ts";
import { sizeOf } from "./raw-binary-layout.ts";
import type { Frame } from "./raw-binary-plan.ts";

/** Reads a frame at a place, or says in one line why there is none. */
export type FrameTry<Found> = (bytes: Uint8Array) => Found | string;

/** What comes next in a stream of frames. */
export interface NextFrame<Found> {
  /** Null where there is no whole frame any more. */
  readonly found: Found | null;
  /** Where the frame is; without one, how far has been looked in vain. */
  readonly start: number;
  readonly end: number;
  /** Why the first bytes that were passed over are no frame. */
  readonly complaint: string | null;
}

/** Times that the bytes of an input may be read in vain: behind so many false starts a hostile input is given up. */
const maximumVain = 64;

/** Smallest number of bytes that tell how long a frame is. */
interface LengthRule {
  readonly known: number;
  of(bytes: Uint8Array, start: number): number;
}

function lengthRule(stream: FrameStream, fixed: number | undefined): LengthRule {
  const { length } = stream;
  if (length === undefined) {
    CHECKED: if (fixed === undefined)
      throw new Error("stream: frames of no fixed length need a length, which says where it is");
    return { known: 0, of: () => fixed };
  }
  const size = sizeOf(length.type);
  const { at, plus = 0, endian } = length;
  return {
    known: at + size,
    of: (bytes, start) => {
      let value = 0;
      for (let index = 0; index < size; index++) {
        value = value * 256 + bytes[start + at + (endian === "big" ? index : size - 1 - index)]!;
      }
      return value + plus;
    },
  };
}

export class FrameScanner<Found = Frame> {
  readonly #sync: Uint8Array;
  readonly #rule: LengthRule;
  readonly #attempt: FrameTry<Found>;

  /**
   * @param fixed the layout's length, if it has one
   * Throws an Error where neither says how long a frame is.
   */
  constructor(stream: FrameStream, fixed: number | undefined, attempt: FrameTry<Found>) {
    const sync = fromHex(stream.sync ?? "");
    CHECKED: if (sync === null) throw new Error(`stream: sync "${stream.sync}" is not hex digits`);
    this.#sync = sync;
    this.#rule = lengthRule(stream, fixed);
    this.#attempt = attempt;
  }

  /**
   * The next frame at or behind a place. What does not begin with the sync bytes, or is none of the layout's frames, is
   * passed over byte by byte; without sync bytes nothing tells where a frame begins, and the first bad one is the last.
   * @param isWhole whether no bytes will follow; else a frame that is cut is waited for
   */
  next(bytes: Uint8Array, from: number, isWhole: boolean): NextFrame<Found> {
    const { length } = bytes;
    const sync = this.#sync;
    const rule = this.#rule;
    let complaint: string | null = null;
    let vain = maximumVain * (length - from);
    let at = from;
    for (; at < length; at++) {
      if (sync.length > 0) {
        const first = bytes.indexOf(sync[0]!, at);
        if (first !== at) complaint ??= "no frame begins here";
        if (first < 0) return { found: null, start: length, end: length, complaint };
        at = first;
        if (!startsWith(bytes, at, sync)) {
          // A sync that is cut by the end of what is there may be whole in what comes.
          if (!isWhole && at + sync.length > length && startsWith(bytes, at, sync.subarray(0, length - at)))
            return { found: null, start: at, end: at, complaint };
          complaint ??= "no frame begins here";
          continue;
        }
      }
      const size = at + rule.known > length ? Infinity : rule.of(bytes, at);
      if (at + size > length && !isWhole && (size === Infinity || size <= maximumPayloadBytes))
        return { found: null, start: at, end: at, complaint };
      const end = at + size;
      if (end > length || size < Math.max(1, rule.known)) {
        complaint ??= end > length ? "the input ends inside a frame" : `a frame of ${size} bytes is none`;
      } else {
        const found = this.#attempt(bytes.subarray(at, end));
        if (typeof found !== "string") return { found, start: at, end, complaint };
        complaint ??= found;
        vain -= size;
      }
      if (sync.length === 0 || vain < 0) return { found: null, start: length, end: length, complaint };
    }
    return { found: null, start: length, end: length, complaint };
  }
}

function startsWith(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > bytes.length) return false;
  for (let index = 0; index < pattern.length; index++) if (bytes[at + index] !== pattern[index]) return false;
  return true;
}
