/** Walks the frames of a segment, stepping over what does not open. */
import { frameMagic, frameOverhead, readFrameHeader, segmentHeaderBytes } from "./segment-format.ts";
import type { FrameHeader, SegmentSeal } from "./segment-format.ts";

export interface ScannedFrame {
  readonly kind: "frame";
  readonly offset: number;
  /** Bytes on disk. */
  readonly size: number;
  readonly header: FrameHeader;
  readonly body: Buffer;
}

/** A stretch that holds no frame of this segment at its place, between or behind good ones. */
export interface DamagedStretch {
  readonly kind: "damage";
  readonly offset: number;
  readonly size: number;
  readonly firstRecord: number;
  /** Records that stood here; behind the last good frame a guess of at least 0. */
  readonly records: number;
  /** Nothing good follows: torn by a crash while it was written, or damaged since. */
  readonly tail: boolean;
}

/** Where the walk begins: the next frame expected and its offset. */
export interface ScanStart {
  readonly offset: number;
  readonly sequence: number;
  readonly record: number;
}

export const scanFromHeader: ScanStart = { offset: segmentHeaderBytes, sequence: 0, record: 0 };

/** `bytes` are the segment's from offset `base` on; offsets that come out are the file's. */
export function* scanFrames(
  bytes: Buffer,
  seal: SegmentSeal,
  start: ScanStart = scanFromHeader,
  base = 0,
): Generator<ScannedFrame | DamagedStretch> {
  let at = Math.min(start.offset - base, bytes.length);
  let { sequence, record } = start;
  while (at < bytes.length) {
    const found = nextFrame(bytes, at, seal, sequence);
    if (found === null) {
      const records = guessedRecords(bytes, at);
      yield damage(base + at, bytes.length - at, record, records, true);
      return;
    }
    const { offset, header, body } = found;
    if (offset > at || header.sequence > sequence) {
      yield damage(base + at, offset - at, record, header.firstRecord - record, false);
    }
    const size = header.length + frameOverhead;
    yield { kind: "frame", offset: base + offset, size, header, body };
    at = offset + size;
    sequence = header.sequence + 1;
    record = header.firstRecord + header.records;
  }
}

/** A frame that belongs to an earlier place was put there by somebody: it is not one of the records. */
function nextFrame(bytes: Buffer, from: number, seal: SegmentSeal, sequence: number) {
  let offset = bytes.indexOf(frameMagic, from);
  while (offset >= 0) {
    const opened = seal.openFrame(bytes, offset);
    if (opened !== null && opened.header.sequence >= sequence) return { offset, ...opened };
    offset = bytes.indexOf(frameMagic, offset + 1);
  }
  return null;
}

function damage(offset: number, size: number, firstRecord: number, records: number, tail: boolean) {
  return { kind: "damage", offset, size, firstRecord, records, tail } as const;
}

/** The smallest record takes 16 bytes: a count beyond that is not to be believed. */
function guessedRecords(bytes: Buffer, at: number): number {
  const header = readFrameHeader(bytes, at);
  return header === null || header.records > header.length / 16 ? 1 : header.records;
}
