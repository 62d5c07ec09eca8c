/** Who sent the records of a frame: names repeat far more often than they change. */
import type { Arrival } from "../ports.ts";
import { recordAt, receivedAtOf, uploadedFrom, type RecordPlace } from "./record.ts";

/** Where a record comes from, as text. */
export interface SourceNames {
  readonly deviceId: string;
  readonly channel: string;
}

/** Devices repeat: a text is made once and kept, with what `describe` makes of it. */
export class SourceNameCache<Source> {
  readonly #describe: (names: SourceNames) => Source;
  readonly #most: number;
  readonly #sources = new Map<string, Source>();
  #lastPrefix = Buffer.alloc(0);
  #last: Source | null = null;

  /** `most` sources are kept. */
  constructor(describe: (names: SourceNames) => Source, most = 20_000) {
    this.#describe = describe;
    this.#most = most;
  }

  /** The source of the record that begins at `at`. */
  get(body: Buffer, at: number, { deviceLength, channelLength }: RecordPlace): Source {
    const end = at + 4 + deviceLength + channelLength;
    // What a connection sends stands together in the log.
    if (this.#last !== null && isAt(body, at, end, this.#lastPrefix)) return this.#last;
    const key = body.toString("latin1", at, end);
    let source = this.#sources.get(key);
    if (source === undefined) {
      const channelStart = at + 4 + deviceLength;
      const deviceId = body.toString("utf8", at + 4, channelStart);
      source = this.#describe({ deviceId, channel: body.toString("utf8", channelStart, end) });
      if (this.#sources.size >= this.#most) this.#sources.clear();
      this.#sources.set(key, source);
    }
    this.#lastPrefix = Buffer.from(body.subarray(at, end));
    this.#last = source;
    return source;
  }
}

function isAt(body: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start !== prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (body[start + index] !== prefix[index]) return false;
  }
  return true;
}

/** A cache that keeps the names alone. */
export const sourceNames = (): SourceNameCache<SourceNames> => new SourceNameCache((names) => names);

/** Appends the records of a frame's body to `into`, copied. Throws RangeError on a body that is not whole. */
export function decodeRecords(body: Buffer, into: Arrival[], names: SourceNameCache<SourceNames>): void {
  for (let at = 0; at < body.length;) {
    const place = recordAt(body, at);
    const { deviceId, channel } = names.get(body, at, place);
    const payload = Buffer.from(body.subarray(place.payloadStart, place.end));
    const receivedAt = receivedAtOf(body, place);
    const from = uploadedFrom(body, place);
    into.push({ deviceId, channel, payload, receivedAt, ...(from !== null && { uploadedFrom: from }) });
    at = place.end;
  }
}
