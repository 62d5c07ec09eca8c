/**
 * A segment on disk: a header, then frames; little endian.
 *
 *   header  "FLW1", u32 segment, salt[16], sealed link[12], tag[16]
 *   frame   "FLF1", u32 segment, salt[16], u32 length, u32 nonce, u32 sequence, u32 first record, u32 records,
 *           sealed body[length], tag[16]
 *
 * Everything is under AES-256-GCM with a key of the segment's own (HKDF over salt and number). The nonce counts
 * attempts to write and never repeats under that key. A frame's place (sequence, record numbers) is authenticated, and
 * the link states how much the segment before held: a frame moved, repeated or cut away shows, and every
 * frame opens by itself, so that damage to one costs no other. The salt stands in every frame so that
 * a damaged header costs none either.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Keyring } from "../seal.ts";

const headerMagic = Buffer.from("FLW1");
export const frameMagic = Buffer.from("FLF1");
export const saltBytes = 16;
const tagBytes = 16;
const linkBytes = 12;
const linkAt = 8 + saltBytes;
export const segmentHeaderBytes = linkAt + linkBytes + tagBytes;
const frameHeaderBytes = 8 + saltBytes + 20;
/** Bytes that a frame has beyond its body. */
export const frameOverhead = frameHeaderBytes + tagBytes;

/** How much the segment before this one held; number 0 where there was none. */
export interface SegmentLink {
  readonly segment: number;
  readonly frames: number;
  readonly records: number;
}

export interface FrameHeader {
  readonly length: number;
  readonly nonce: number;
  /** 0 for the segment's first frame. */
  readonly sequence: number;
  /** Number of the frame's first record within the segment. */
  readonly firstRecord: number;
  readonly records: number;
}

/** What is needed to write or open one segment's frames. */
export class SegmentSeal {
  readonly segment: number;
  readonly salt: Buffer;
  readonly #key: Buffer;

  /** `purpose` keeps segments of the log and of other journals apart. */
  constructor(keyring: Keyring, purpose: string, segment: number, salt: Buffer) {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(segment);
    this.segment = segment;
    this.salt = salt;
    this.#key = keyring.key(purpose, Buffer.concat([salt, number])).bytes;
  }

  header(link: SegmentLink): Buffer {
    const plain = Buffer.alloc(linkBytes);
    plain.writeUInt32LE(link.segment, 0);
    plain.writeUInt32LE(link.frames, 4);
    plain.writeUInt32LE(link.records, 8);
    const start = this.#start(headerMagic, linkAt);
    return Buffer.concat([start, ...this.#encrypt(0, start, plain)]);
  }

  /** The header, the sealed body and its tag. */
  frame(header: Omit<FrameHeader, "length">, body: Buffer): Buffer[] {
    const start = this.#start(frameMagic, frameHeaderBytes);
    const fields = [body.length, header.nonce, header.sequence, header.firstRecord, header.records];
    fields.forEach((field, index) => start.writeUInt32LE(field, 8 + saltBytes + 4 * index));
    return [start, ...this.#encrypt(header.nonce, start, body)];
  }

  /** `null` where the bytes are not this segment's header. */
  openHeader(bytes: Buffer): SegmentLink | null {
    if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, 4).equals(headerMagic)) return null;
    const plain = this.#decrypt(0, bytes.subarray(0, linkAt), bytes.subarray(linkAt, segmentHeaderBytes));
    if (plain === null) return null;
    return {
      segment: plain.readUInt32LE(0),
      frames: plain.readUInt32LE(4),
      records: plain.readUInt32LE(8),
    };
  }

  /** The body of the frame at `offset`; `null` where it is cut off, damaged or of another segment. */
  openFrame(bytes: Buffer, offset: number): { header: FrameHeader; body: Buffer } | null {
    const header = readFrameHeader(bytes, offset);
    if (header === null) return null;
    const body = offset + frameHeaderBytes;
    const end = body + header.length + tagBytes;
    if (end > bytes.length) return null;
    const plain = this.#decrypt(header.nonce, bytes.subarray(offset, body), bytes.subarray(body, end));
    return plain === null ? null : { header, body: plain };
  }

  #start(magic: Buffer, length: number): Buffer {
    const start = Buffer.alloc(length);
    magic.copy(start);
    start.writeUInt32LE(this.segment, 4);
    this.salt.copy(start, 8);
    return start;
  }

  #encrypt(nonce: number, associated: Buffer, plain: Buffer): Buffer[] {
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonceOf(nonce)).setAAD(associated);
    const sealed = cipher.update(plain);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  #decrypt(nonce: number, associated: Buffer, sealed: Buffer): Buffer | null {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonceOf(nonce))
      .setAAD(associated)
      .setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return plain;
  }
}

/** What a frame header says, not yet authenticated; `null` where there is none. */
export function readFrameHeader(bytes: Buffer, offset: number): FrameHeader | null {
  if (offset + frameHeaderBytes > bytes.length) return null;
  if (!bytes.subarray(offset, offset + 4).equals(frameMagic)) return null;
  const at = offset + 8 + saltBytes;
  return {
    length: bytes.readUInt32LE(at),
    nonce: bytes.readUInt32LE(at + 4),
    sequence: bytes.readUInt32LE(at + 8),
    firstRecord: bytes.readUInt32LE(at + 12),
    records: bytes.readUInt32LE(at + 16),
  };
}

/**
 * Finds out whose segment this is, from the header or, where that is damaged, from the first frame that opens.
 * `null` where nothing opens: all of it is damaged, or it was sealed under another key.
 */
export function identifySegment(
  bytes: Buffer,
  keyring: Keyring,
  purpose: string,
): { seal: SegmentSeal; link: SegmentLink | null } | null {
  if (bytes.length >= segmentHeaderBytes) {
    const seal = sealAt(bytes, 0, keyring, purpose);
    const link = seal.openHeader(bytes);
    if (link !== null) return { seal, link };
  }
  let offset = bytes.indexOf(frameMagic);
  while (offset >= 0 && offset + frameHeaderBytes <= bytes.length) {
    const seal = sealAt(bytes, offset, keyring, purpose);
    if (seal.openFrame(bytes, offset) !== null) return { seal, link: null };
    offset = bytes.indexOf(frameMagic, offset + 1);
  }
  return null;
}

function sealAt(bytes: Buffer, offset: number, keyring: Keyring, purpose: string): SegmentSeal {
  const salt = Buffer.from(bytes.subarray(offset + 8, offset + 8 + saltBytes));
  return new SegmentSeal(keyring, purpose, bytes.readUInt32LE(offset + 4), salt);
}

/** 96 bits (NIST SP 800-38D, 8.2.1): a counter, deterministic, unique under its key. */
function nonceOf(counter: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32LE(counter, 8);
  return nonce;
}
