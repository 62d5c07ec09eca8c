/** Files of frames back to back: a memory log, a recorded serial line. */

import { maximumPayloadBytes } from "../envelope.ts";
import type { FrameScanner } from "../formats/raw-binary-stream.ts";
import { skipped } from "../formats/raw-binary.ts";
import { toHex } from "../text.ts";
import { joined } from "./line-splitter.ts";
import type { Piece, Splitter } from "./log-file.ts";

/** Bytes that are kept of those that are no frame. */
const keptOfSkipped = 4_096;

/** Bytes that a file may begin with, before its first frame. */
export interface FileHeader {
  /** What it begins with, as hex digits. */
  readonly hex: string;
  /** Bytes. */
  readonly length: number;
}

/** A frame a record. Bytes between frames are a piece with a fault; a header at the beginning is none. */
export function frameSplitter(scanner: FrameScanner<unknown>, header?: FileHeader): Splitter {
  let rest: Uint8Array = new Uint8Array(0);
  /** Place of `rest` in the file. */
  let offset = 0;

  const scan = (bytes: Uint8Array, isWhole: boolean): Piece[] => {
    const pieces: Piece[] = [];
    let from = 0;
    if (offset === 0 && header !== undefined) {
      if (bytes.length < header.length && !isWhole) {
        rest = bytes;
        return pieces;
      }
      if (
        bytes.length >= header.length &&
        toHex(bytes.subarray(0, header.hex.length / 2)) === header.hex.toLowerCase()
      )
        from = header.length;
    }
    while (from < bytes.length) {
      const { found, start, end, complaint } = scanner.next(bytes, from, isWhole);
      if (start > from) {
        const kept = bytes.slice(from, Math.min(start, from + keptOfSkipped));
        pieces.push({
          at: offset + from,
          bytes: kept,
          fault: skipped(offset + from, offset + start, complaint),
        });
      }
      if (found !== null) pieces.push({ at: offset + start, bytes: bytes.slice(start, end), fault: null });
      from = end;
      if (found === null) break;
    }
    rest = bytes.slice(from);
    offset += from;
    return pieces;
  };

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      // What waits for the rest of a frame is bounded by the largest frame, whatever the chunks are.
      for (let at = 0; at < chunk.length; at += maximumPayloadBytes) {
        const part = chunk.subarray(at, at + maximumPayloadBytes);
        pieces.push(...scan(joined(rest, part).slice(), false));
      }
      return pieces;
    },
    end: () => scan(rest, true),
  };
}
