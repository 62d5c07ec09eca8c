/**
 * Log files, which devices write for days and upload later: chunks of bytes in, messages out, as the live lane has them,
 * so that what was sent both ways has the same identity. Memory is bounded by the chunk and the longest record.
 */

import { maximumPayloadBytes } from "../envelope.ts";
import { Fault } from "../fault.ts";
import { frameScanner } from "../formats/raw-binary.ts";
import type { Message, Micros } from "../model.ts";
import type { Opened } from "../envelopes/opened.ts";
import type { Profile } from "../profiles/profile.ts";
import { csvSplitter } from "./csv-splitter.ts";
import { frameSplitter } from "./frame-splitter.ts";
import { lineSplitter, wholeSplitter } from "./line-splitter.ts";

/** Where a file comes from. */
export interface LogFileSource {
  readonly tenant: string;
  readonly deviceId: string;
  /** Channel that the messages would have come on. */
  readonly channel: string;
  /** Arrival of the upload. */
  readonly receivedAt: Micros;
  /** What names the file for ever: the hash of its content. Positions begin with it. */
  readonly name: string;
}

/** A record of a file, or what stands in a record's place and is none. */
export interface Piece {
  /** Place in the file: number of its line, or of its first byte. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly fault: Fault | null;
}

/** Cuts a file into records. */
export interface Splitter {
  /** The records that are whole with this chunk. */
  push(chunk: Uint8Array): Piece[];
  /** The rest, behind the last chunk. */
  end(): Piece[];
}

/** Bytes that are kept of a record that is too long to be one; the file itself has all of it. */
const keptOfTooLong = 4_096;

/** What is said of a record that is too long. */
export function tooLong(at: number, bytes: Uint8Array): Piece {
  const fault = new Fault(
    "too-large",
    `a record of more than ${maximumPayloadBytes} bytes; the file has it whole`,
  );
  return { at, bytes: bytes.slice(0, keptOfTooLong), fault };
}

/** Where a file is gone on with. */
export interface LogFilePlace {
  /** Lines that are left out before the first chunk. */
  readonly left: number;
  /** Place of the last record that is known: those up to it are not opened again. */
  readonly known: number;
}

export class LogFileReader {
  readonly #splitter: Splitter;
  readonly #source: LogFileSource;
  readonly #from: LogFilePlace;

  constructor(profile: Profile, source: LogFileSource, from: LogFilePlace = { left: 0, known: -1 }) {
    this.#splitter = splitterOf(profile);
    this.#source = source;
    this.#from = from;
  }

  /** The messages that are whole with this chunk. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): Opened[] {
    return this.#opened(this.#splitter.push(chunk));
  }

  /** The rest, behind the last chunk. */
  end(): Opened[] {
    return this.#opened(this.#splitter.end());
  }

  #opened(pieces: readonly Piece[]): Opened[] {
    const { left, known } = this.#from;
    const placed = left === 0 ? pieces : pieces.map((piece) => ({ ...piece, at: piece.at + left }));
    return placed.filter(({ at }) => at > known).map((piece) => this.#open(piece));
  }

  #open({ at, bytes, fault }: Piece): Opened {
    const { tenant, deviceId, channel, receivedAt, name } = this.#source;
    const message: Message = {
      tenant,
      deviceId,
      channel,
      payload: bytes,
      receivedAt,
      position: `${name}:${at}`,
      lane: "offline",
    };
    return { message, fault };
  }
}

/** How the files of a profile's devices are cut. */
function splitterOf(profile: Profile): Splitter {
  switch (profile.format) {
    case "json":
    case "ndjson":
    case "senml-json":
    case "opcua-json":
      return lineSplitter();
    case "csv":
      return csvSplitter(profile);
    case "raw-binary": {
      const { stream, layout, file } = profile;
      // Frames of a fixed length stand back to back in a file, whatever they are sent as.
      const backToBack =
        stream === undefined && layout?.length !== undefined ? { ...profile, stream: {} } : profile;
      const scanner = frameScanner(backToBack);
      return scanner === null ? wholeSplitter() : frameSplitter(scanner, file?.header);
    }
    default:
      return wholeSplitter();
  }
}
