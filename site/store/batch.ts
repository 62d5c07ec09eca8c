/** A log batch as the decode threads see it: its bytes where they are, so that no message is an object before it is decoded. */
import { hash } from "node:crypto";
import type { ClockRepair } from "../../functions/core/files/clock-repair.ts";
import type { Lane, Message } from "../../functions/core/model.ts";
import { recordAt, receivedAtOf, uploadedFrom } from "../log/record.ts";
import { SourceNameCache, type SourceNames } from "../log/record-source.ts";
import { UploadPlaces } from "../uploads/upload-place.ts";

export interface Batch {
  /** Records as the log keeps them, one behind the other; memory that is shared with the log, read only. */
  readonly bodies: readonly Uint8Array[];
  readonly segment: number;
  /** Number of the first record, in its segment. */
  readonly first: number;
}

/** Of a device: it always goes to the same worker, which judges its order and its repeats. */
export function shardOf(deviceId: string, workers: number): number {
  return workers === 1 ? 0 : Number.parseInt(hash("sha256", deviceId).slice(0, 8), 16) % workers;
}

/** A message of a batch; one object serves all of them, one after the other. */
class BatchMessage implements Message {
  readonly tenant: string;
  lane: Lane = "live";
  /** Place in an uploaded file. */
  place: string | null = null;
  clock: ClockRepair | null = null;
  deviceId = "";
  channel = "";
  payload: Uint8Array = new Uint8Array();
  receivedAt = 0;
  segment = 0;
  record = 0;

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  get position(): string {
    return this.place ?? `${this.segment}:${this.record}`;
  }
}

/** A message, and how its file's clock was put right. */
export type MessageOfBatch = Message & { readonly clock: ClockRepair | null };

/** Reads the messages of one shard. */
export class BatchReader {
  readonly #message: BatchMessage;
  readonly #sources: SourceNameCache<SourceNames & { readonly isOurs: boolean }>;
  readonly #places = new UploadPlaces();

  constructor(tenant: string, shard: number, workers: number) {
    this.#message = new BatchMessage(tenant);
    this.#sources = new SourceNameCache((names) => ({
      ...names,
      isOurs: shardOf(names.deviceId, workers) === shard,
    }));
  }

  /** What `take` gets is only valid during the call. */
  read({ bodies, segment, first }: Batch, take: (message: MessageOfBatch) => void): void {
    const message = this.#message;
    message.segment = segment;
    message.record = first;
    for (const bytes of bodies) {
      const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at < body.length; message.record++) {
        const place = recordAt(body, at);
        const source = this.#sources.get(body, at, place);
        at = place.end;
        if (!source.isOurs) continue;
        message.deviceId = source.deviceId;
        message.channel = source.channel;
        message.payload = body.subarray(place.payloadStart, place.end);
        message.receivedAt = receivedAtOf(body, place);
        const from = this.#places.read(uploadedFrom(body, place));
        message.place = from?.position ?? null;
        message.clock = from?.clock ?? null;
        message.lane = from === null ? "live" : "offline";
        take(message);
      }
    }
  }
}
