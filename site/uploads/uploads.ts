/**
 * Files that devices logged and somebody brings later: received in parts, sealed, kept whole under their hash, and sent
 * down the lane that live messages take, with their original times. What the lake has already is left out.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Dispatcher } from "../../functions/core/dispatch.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { Keyring, SealingKey } from "../seal.ts";
import type { DecoderSettings } from "../settings.ts";
import type { Lake } from "../store/lake.ts";
import { writeWhole } from "../write-whole.ts";
import { lanesOf, type UploadLane } from "./lanes.ts";
import { sendFile } from "./send-file.ts";
import { UploadFile } from "./upload-file.ts";
import { mostPartBytes } from "./upload-limits.ts";
import {
  faultsOf,
  idOf,
  UploadRefusal,
  type UploadReport,
  type UploadRequest,
  type UploadState,
} from "./upload-request.ts";

export interface UploadsParts {
  readonly tenant: string;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly decoder: Pick<DecoderSettings, "profiles" | "bindings" | "clockWindow">;
}

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

  lanes(deviceId: string): readonly UploadLane[] {
    const { profiles, bindings } = this.#parts.decoder as { profiles: Profile[]; bindings: Binding[] };
    return lanesOf(bindings, profiles, deviceId);
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
      const received = await file.received();
      // Without parts, a whole file from before a crash is read once more.
      if (received < request.bytes && (received > 0 || !(await file.isComplete())))
        throw new UploadRefusal(`${received} of ${request.bytes} bytes were received: send the others first`);
      if (received > 0 || request.bytes === 0) {
        if (request.bytes === 0) await file.append(0, new Uint8Array());
        await file.complete(request.sha256);
      }
      const counts = await sendFile(file, request, profile, this.#parts);
      const report = { ...request, profile: profile.name, ...counts, takenAt: new Date().toISOString() };
      const sealed = this.#key.seal(Buffer.from(JSON.stringify(report)), `${idOf(request)}/report`);
      await writeWhole(this.#path(request, "report"), sealed);
      this.#files.delete(idOf(request));
      return report;
    });
  }

  #profileOf(request: UploadRequest): Profile {
    const faults = faultsOf(request);
    if (faults.length > 0) throw new UploadRefusal(`not as allowed: ${faults.join("; ")}`);
    const { deviceId, channel } = request;
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
    const text = this.#key.open(sealed, `${idOf(request)}/report`).toString();
    const report = { ...formerly, ...(JSON.parse(text) as UploadReport) };
    if (report.clock !== request.clock)
      throw new UploadRefusal(
        `the file was taken at ${report.takenAt} with ${clockName(report.clock)}; received: ` +
          `${clockName(request.clock)}. Rows are written once: send it as it was sent, or correct them by query`,
      );
    return report;
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

/** What older reports don't say. */
const formerly = {
  ...{ container: null, clock: null, clockJumps: 0, firstClockJump: null },
  ...{ rows: null, quarantined: null, firstQuarantined: null, undated: null, firstUndated: null, span: null },
};

const clockName = (clock: string | null): string => (clock === null ? "no correction" : `the clock ${clock}`);
