/** Uploaded files through a decoder once more: what their functions make of them, into files on this machine. */
import { parseUploadKey } from "../core/files/upload-key.ts";
import type { RowBlock } from "../core/columns.ts";
import type { ObjectStore, RowSink } from "../ports.ts";
import { takeUploaded, type UploadPorts } from "../uploaded-file.ts";
import type { FreshFiles } from "./fresh-files.ts";
import type { ReplayedKeys } from "./replay-slice.ts";
import type { StoredUpload, UploadGroup } from "./stored-uploads.ts";
import { uploadRecord, type DecodedManifest } from "./renewed-manifest.ts";

export interface DecodedUploads {
  readonly keys: ReplayedKeys;
  readonly manifests: readonly DecodedManifest[];
  readonly messages: number;
  readonly files: number;
}

/** Of a group whose files can't all be read. */
class Unreadable extends Error {}

/**
 * @param fresh takes the rows of the groups that are decoded
 * @param onLeft told of files that keep the rows that they have, and why
 * Rejects where a store fails.
 */
export async function decodeUploads(
  raw: string,
  groups: readonly UploadGroup[],
  ports: UploadPorts,
  fresh: FreshFiles,
  onLeft: (file: string, why: string) => void,
): Promise<DecodedUploads> {
  const keys = { named: [], live: [], others: [], entries: [] } as {
    -readonly [Name in keyof ReplayedKeys]: ReplayedKeys[Name][number][];
  };
  const manifests: DecodedManifest[] = [];
  let [messages, files] = [0, 0];
  for (const { deviceId, arrival, own, others, left } of groups) {
    const { count } = fresh;
    try {
      if (left !== null) throw new Unreadable(left);
      const decoded: (DecodedManifest | null)[] = [];
      for (const upload of own) decoded.push(await decodeUpload(raw, upload, ports, fresh));
      keys.live.push([deviceId, arrival]);
      for (const codec of others) keys.others.push([deviceId, arrival, codec]);
      for (const { channel } of own) keys.entries.push([deviceId, arrival, channel]);
      for (const manifest of decoded) {
        if (manifest === null) continue;
        manifests.push(manifest);
        messages += manifest.record.messages;
      }
      files += own.length;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      await fresh.back(count);
      for (const { key } of own) onLeft(key, error.message);
    }
  }
  return { keys, manifests, messages, files };
}

/** Null of a file that has no manifest, because its name makes no sense. */
async function decodeUpload(
  raw: string,
  { key, wasTaken }: StoredUpload,
  ports: UploadPorts,
  fresh: FreshFiles,
): Promise<DecodedManifest | null> {
  const made: { key: string; bytes: Uint8Array }[] = [];
  const objects: ObjectStore = {
    create: (_container, name, bytes) => Promise.resolve(made.push({ key: name, bytes }) > 0),
    read: () => Promise.reject(new Error("a manifest is not read")),
  };
  let isLate = false;
  const quarantine: RowSink = {
    write(block) {
      isLate ||= reasonsOf(block).has("codec-timeout");
      return fresh.quarantine.write(block);
    },
  };
  const metrics = { put: () => undefined };
  const decoding = () => ({ ...ports.decoding(), curated: fresh.curated, quarantine, metrics });
  await takeUploaded(raw, key, { ...ports, objects, decoding });
  // Nothing tells which rows were those of the message that took too long.
  if (isLate) throw new Unreadable("its codec ran out of time");
  const [manifest] = made;
  if (manifest === undefined) {
    if (parseUploadKey(key) !== null) throw new Unreadable("it was taken away meanwhile");
    return null;
  }
  const record = uploadRecord.parse(JSON.parse(Buffer.from(manifest.bytes).toString()));
  if (wasTaken && record.refused?.startsWith("id-mismatch") === true)
    throw new Unreadable(`it is damaged: ${record.refused}`);
  return { key: manifest.key, record };
}

function reasonsOf({ table, rows, cell }: RowBlock): ReadonlySet<unknown> {
  const column = table.columns.findIndex(({ name }) => name === "reason");
  return new Set(Array.from({ length: rows }, (_, row) => cell(row, column)));
}
