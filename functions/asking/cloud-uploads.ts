/**
 * Files of devices over the API of a cloud: what comes in one part is put where uploaded files lie, under the hash that was
 * checked before; what became of a file is read from the manifest that the function of uploads writes.
 */
import { createHash } from "node:crypto";
import { metadataOf } from "../../fleet/uploads/bulk.ts";
import type { Asker } from "../../site/console/asker.ts";
import type { UploadParameters } from "../../site/console/contract/uploads.ts";
import { allow, requestOf } from "../../site/console/upload-desk.ts";
import { lanesOf } from "../../site/uploads/lanes.ts";
import { mostPartBytes } from "../../site/uploads/upload-limits.ts";
import {
  faultsOf,
  UploadRefusal,
  type UploadReport,
  type UploadRequest,
} from "../../site/uploads/upload-request.ts";
import type { AskingSettings } from "../agreements.ts";
import { Dispatcher } from "../core/dispatch.ts";
import { uploadKeyOf } from "../core/files/upload-key.ts";
import type { LakeReading } from "../lake/day-files.ts";
import { nullIfMissing } from "../missing-object.ts";
import type { ObjectStore } from "../ports.ts";
import { uploadManifestOf, type UploadManifest } from "../upload-manifest.ts";

export interface CloudUploadsArgs
  extends Pick<LakeReading, "list">, Pick<AskingSettings, "bindings" | "profiles"> {
  readonly objects: Pick<ObjectStore, "read" | "create">;
  /** Buckets, or containers by their address. */
  readonly raw: string;
  readonly curated: string;
}

/** A report of which a cloud tells nothing that it does not know. */
export interface CloudUploadReport extends Omit<UploadReport, "known" | "clockJumps"> {
  readonly known: null;
  readonly clockJumps: null;
}

export interface CloudUploadState {
  readonly received: number;
  readonly report: CloudUploadReport | null;
}

export type UploadAnswers = ReturnType<typeof cloudUploads>;

export function cloudUploads({ objects, list, raw, curated, bindings, profiles }: CloudUploadsArgs) {
  const dispatcher = new Dispatcher(bindings, new Map(profiles.map((profile) => [profile.name, profile])));
  const requested = (asker: Asker, asked: UploadParameters): UploadRequest => {
    allow(asker, asked.device);
    const request = requestOf(asked);
    const faults = faultsOf(request);
    if (faults.length > 0) throw new UploadRefusal(`not as allowed: ${faults.join("; ")}`);
    return request;
  };
  const manifest = async (request: UploadRequest): Promise<UploadManifest | null> => {
    const bytes = await objects.read(curated, uploadManifestOf(uploadKeyOf(request))).catch(nullIfMissing);
    return bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString()) as UploadManifest);
  };
  const isThere = async (request: UploadRequest): Promise<boolean> => {
    const key = uploadKeyOf(request);
    return (await list.all(raw, key)).some((one) => one.key === key);
  };
  const stateOf = async (request: UploadRequest): Promise<CloudUploadState> => {
    const known = await manifest(request);
    if (known !== null) return { received: request.bytes, report: reportOf(request, known) };
    return { received: (await isThere(request)) ? request.bytes : 0, report: null };
  };
  return {
    lanes(asker: Asker, device: string) {
      allow(asker, device);
      return { device, lanes: lanesOf(bindings, profiles, device) };
    },

    state: async (asker: Asker, asked: UploadParameters): Promise<CloudUploadState> =>
      stateOf(requested(asker, asked)),

    /** @param read the part, asked for once it may come */
    async part(
      asker: Asker,
      { offset, ...asked }: UploadParameters & { readonly offset: number },
      read: () => Promise<Uint8Array>,
    ): Promise<CloudUploadState> {
      const request = requested(asker, asked);
      const { deviceId, channel, bytes, sha256 } = request;
      if (bytes > mostPartBytes)
        throw new UploadRefusal(
          `bytes: received ${bytes}; allowed in a cloud: at most ${mostPartBytes}. Send longer files by npx fieldlake upload --target <stack>, or by the device itself`,
        );
      if (dispatcher.find(deviceId, channel) === null)
        throw new UploadRefusal(
          `no profile is bound to ${channel} of ${deviceId}; add it to fieldlake:bindings of the stack, or name another channel`,
        );
      const content = await read();
      if (offset !== 0 || content.length !== bytes)
        throw new UploadRefusal(
          `a part of ${content.length} bytes at ${offset}; allowed in a cloud: the whole file, ${bytes} bytes at 0`,
        );
      const found = createHash("sha256").update(content).digest("hex");
      if (found !== sha256)
        throw new UploadRefusal(`what was sent has the SHA-256 ${found}; announced was ${sha256}`);
      await objects.create(raw, uploadKeyOf(request), content, metadataOf(request));
      return { received: bytes, report: null };
    },

    /** The function of uploads takes files by itself: this says whether it has. */
    async take(asker: Asker, asked: UploadParameters): Promise<CloudUploadState> {
      const request = requested(asker, asked);
      const state = await stateOf(request);
      if (
        state.received < request.bytes ||
        (request.bytes === 0 && state.report === null && !(await isThere(request)))
      )
        throw new UploadRefusal(`0 of ${request.bytes} bytes were received: send them first`);
      return state;
    },
  };
}

/** Throws UploadRefusal where the file was refused, or had been taken with another correction. */
function reportOf(request: UploadRequest, its: UploadManifest): CloudUploadReport {
  if (its.refused !== null) throw new UploadRefusal(`the file was refused: ${its.refused}`);
  if (its.clock !== request.clock)
    throw new UploadRefusal(
      `the file came at ${its.stored_at} with ${its.clock ?? "no correction of its clock"}; received: ${request.clock ?? "none"}. Rows are written once`,
    );
  return {
    ...request,
    ...{ bytes: its.bytes, name: its.name === null ? request.name : decodeURIComponent(its.name) },
    ...{ profile: its.profile ?? "", container: its.container ?? null, messages: its.messages },
    ...{ rows: its.readings + its.frames, quarantined: its.quarantined, undated: its.undated },
    ...{ unreadable: its.unreadable, firstUnreadable: its.firstUnreadable, takenAt: its.stored_at },
    ...{ known: null, firstQuarantined: null, firstUndated: null, span: null },
    ...{ clockJumps: null, firstClockJump: null },
  };
}
