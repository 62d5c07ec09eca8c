/**
 * Files that devices logged and somebody brings later: received in parts, sealed, kept whole under their hash, and sent
 * down the lane that live messages take, with their original times. What the lake has already is left out.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createDecoder } from "../../functions/core/decoder.ts";
import { Dispatcher } from "../../functions/core/dispatch.ts";
import { deviceIdPattern, parseTopic, topicOf } from "../../functions/core/envelope.ts";
import { LogFileReader } from "../../functions/core/files/log-file.ts";
import type { Opened } from "../../functions/core/envelopes/opened.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { Keyring, SealingKey } from "../seal.ts";
import type { DecoderSettings } from "../settings.ts";
import type { Lake } from "../store/lake.ts";
import { writeWhole } from "../write-whole.ts";
import { KnownMessages } from "./known-messages.ts";
import { mostPartBytes, UploadFile } from "./upload-file.ts";

export interface UploadRequest {
  /** Of the whole file; lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** As its owner calls it; only ever shown. */
  readonly name: string;
  readonly deviceId: string;
  /** Channel that its records would have come on live. */
  readonly channel: string;
}

/** What became of a file. */
export interface UploadReport extends UploadRequest {
  readonly profile: string;
  readonly messages: number;
  /** Messages that the lake had already. */
  readonly known: number;
  /** Stretches that are no record; the file in the raw zone has them. */
  readonly unreadable: number;
  readonly firstUnreadable: string | null;
  /** RFC 3339. */
  readonly takenAt: string;
}

export interface UploadState {
  /** Bytes that are safe: the next part begins there. */
  readonly received: number;
  /** Null until the file was taken. */
  readonly report: UploadReport | null;
}

export interface UploadsParts {
  readonly tenant: string;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly decoder: Pick<DecoderSettings, "profiles" | "bindings" | "clockWindow">;
}

/** The upload can't be taken as it was asked for. */
export class UploadRefusal extends Error {
  override readonly name = "UploadRefusal";
}

/** Messages that are compared with the lake at once. */
const batchSize = 4_000;

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #key: SealingKey;
  readonly #profiles: Dispatcher<Profile>;
  readonly #files = new Map<string, UploadFile>();
  /** One change of an upload at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(parts: UploadsParts) {
    this.#parts = parts;
    this.#key = parts.keyring.key("upload");
    const { profiles, bindings } = parts.decoder as { profiles: Profile[]; bindings: Binding[] };
    this.#profiles = new Dispatcher(bindings, new Map(profiles.map((profile) => [profile.name, profile])));
  }

  /** Where an upload stands; throws {@link UploadRefusal} where it could not be taken. */
  state(request: UploadRequest): Promise<UploadState> {
    this.#profileOf(request);
    return this.#inTurn(request, async () => {
      const report = await this.#reportOf(request);
      return { received: report ? request.bytes : await this.#fileOf(request).received(), report };
    });
  }

  /** One part, safe on disk when this resolves; parts come in order. */
  part(request: UploadRequest, offset: number, bytes: Uint8Array): Promise<UploadState> {
    this.#profileOf(request);
    return this.#inTurn(request, async () => {
      const file = this.#fileOf(request);
      const received = await file.received();
      if (offset !== received || bytes.length > mostPartBytes || received + bytes.length > request.bytes)
        throw new UploadRefusal(
          `a part of ${bytes.length} bytes at ${offset}; allowed: at ${received}, at most ${mostPartBytes}, up to ${request.bytes}`,
        );
      await file.append(offset, bytes);
      return { received: received + bytes.length, report: null };
    });
  }

  /** Checks the whole, and sends its messages to the lake. Again after a crash: nothing is lost or doubled. */
  take(request: UploadRequest): Promise<UploadReport> {
    const profile = this.#profileOf(request);
    return this.#inTurn(request, async () => {
      const known = await this.#reportOf(request);
      if (known) return known;
      const file = this.#fileOf(request);
      if ((await file.received()) > 0 || request.bytes === 0) {
        if (request.bytes === 0) await file.append(0, new Uint8Array());
        await file.complete(request.sha256);
      }
      const counts = await this.#send(request, profile, file);
      const report = { ...request, profile: profile.name, ...counts, takenAt: new Date().toISOString() };
      const sealed = this.#key.seal(Buffer.from(JSON.stringify(report)), `${idOf(request)}/report`);
      await writeWhole(this.#path(request, "report"), sealed);
      this.#files.delete(idOf(request));
      return report;
    });
  }

  async #send(request: UploadRequest, profile: Profile, file: UploadFile) {
    const { tenant, lake, log, decoder } = this.#parts;
    const { deviceId, channel, sha256: name } = request;
    const receivedAt = Date.now() * 1_000;
    const reader = new LogFileReader(profile, { tenant, deviceId, channel, receivedAt, name });
    const options = { ...nodePorts, tenant, clockWindow: decoder.clockWindow };
    const { profiles, bindings } = decoder as { profiles: Profile[]; bindings: Binding[] };
    const knownMessages = new KnownMessages(lake, createDecoder(profiles, bindings, options));
    const counts = { messages: 0, known: 0, unreadable: 0, firstUnreadable: null as string | null };
    let batch: Opened[] = [];
    const flush = async (): Promise<void> => {
      const messages = batch.filter(({ fault }) => fault === null).map(({ message }) => message);
      batch = [];
      const unknown = await knownMessages.unknown(messages);
      await Promise.all(
        unknown.map(({ payload, position }) =>
          log.append({ deviceId, channel, payload, receivedAt, uploadedFrom: position }),
        ),
      );
      counts.messages += messages.length;
      counts.known += messages.length - unknown.length;
    };
    const collect = async (opened: readonly Opened[]): Promise<void> => {
      for (const one of opened) {
        if (one.fault !== null) {
          counts.unreadable++;
          counts.firstUnreadable ??= `${one.message.position.slice(name.length + 1)}: ${one.fault.detail}`;
          continue;
        }
        batch.push({ ...one, message: { ...one.message, payload: one.message.payload.slice() } });
        if (batch.length >= batchSize) await flush();
      }
    };
    for await (const bytes of file.read()) await collect(reader.push(bytes));
    await collect(reader.end());
    await flush();
    return counts;
  }

  #profileOf({ sha256, bytes, deviceId, channel }: UploadRequest): Profile {
    const faults = [
      ...(/^[0-9a-f]{64}$/.test(sha256) ? [] : [`sha256 ${JSON.stringify(sha256)}: 64 hexadecimal digits`]),
      ...(Number.isSafeInteger(bytes) && bytes >= 0 ? [] : [`bytes ${bytes}: a whole number from 0`]),
      ...(deviceIdPattern.test(deviceId)
        ? []
        : [`device ${JSON.stringify(deviceId)}: ${deviceIdPattern.source}`]),
      ...(parseTopic(topicOf({ deviceId, channel })) || !deviceIdPattern.test(deviceId)
        ? []
        : [`channel ${JSON.stringify(channel)}: telemetry, telemetry/{stream} or events`]),
    ];
    if (faults.length > 0) throw new UploadRefusal(`not as allowed: ${faults.join("; ")}`);
    const profile = this.#profiles.find(deviceId, channel);
    if (!profile)
      throw new UploadRefusal(
        `no profile is bound to ${channel} of ${deviceId}; add it to fieldlake:bindings of the stack, or name another --channel`,
      );
    return profile;
  }

  async #reportOf(request: UploadRequest): Promise<UploadReport | null> {
    const sealed = await readFile(this.#path(request, "report")).catch(() => null);
    if (sealed === null) return null;
    return JSON.parse(this.#key.open(sealed, `${idOf(request)}/report`).toString()) as UploadReport;
  }

  #fileOf(request: UploadRequest): UploadFile {
    const id = idOf(request);
    const known = this.#files.get(id) ?? new UploadFile(this.#path(request, "upload"), id, this.#key);
    this.#files.set(id, known);
    return known;
  }

  #path(request: UploadRequest, extension: string): string {
    return join(this.#parts.dataFolder, "lake", "raw", "uploads", `${idOf(request)}.${extension}`);
  }

  #inTurn<Result>(request: UploadRequest, work: () => Promise<Result>): Promise<Result> {
    const id = idOf(request);
    const result = (this.#turns.get(id) ?? Promise.resolve()).then(work);
    const settled = result.catch(() => undefined);
    this.#turns.set(id, settled);
    void settled.then(() => this.#turns.get(id) === settled && this.#turns.delete(id));
    return result;
  }
}

/** The same content of the same device on the same channel is the same upload, whatever it is called. */
function idOf({ sha256, deviceId, channel }: UploadRequest): string {
  return createHash("sha256").update(`${deviceId}\n${channel}\n${sha256}`).digest("hex");
}
