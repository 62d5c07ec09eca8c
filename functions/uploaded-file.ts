/**
 * A file that a device logged, from the raw zone into rows: the lane of the stream, with the file's own times, `offline`. What
 * is written is named by its content, so that an event that comes again, or a function that ends in the middle, changes
 * nothing. Memory is bounded by a batch, whatever the file's length.
 */
import { quarantineBlock, readingsBlock } from "./core/columns.ts";
import type { Decoder } from "./core/decoder.ts";
import { ClockJumps } from "./core/files/clock-jumps.ts";
import { ClockRepair, ClockRepairError } from "./core/files/clock-repair.ts";
import type { BatchLimits, FileBatch } from "./core/files/file-batches.ts";
import { FileRefusal } from "./core/files/refusal.ts";
import { parseUploadKey, uploadKeyOf, type UploadKey } from "./core/files/upload-key.ts";
import type { Message } from "./core/model.ts";
import type { Profile } from "./core/profiles/profile.ts";
import { checkRows, parquetStart, type ParquetPlace } from "./files/parquet/turns.ts";
import { placeOf, storedBatches, type BatchesDone } from "./files/stored-batches.ts";
import { nameContent, type ContentName } from "./files/stored-content.ts";
import { ingest, type IngestPorts } from "./ingest.ts";
import type { ObjectStore, StoredFile, StoredFiles } from "./ports.ts";
import { added, counting, nothing, type UploadCounts } from "./upload-counts.ts";
import { uploadManifestOf, type UploadManifest, type UploadOutcome } from "./upload-manifest.ts";

export interface UploadPorts {
  readonly tenant: string;
  readonly files: StoredFiles;
  readonly objects: ObjectStore;
  /** Bucket or container that takes the manifest. */
  readonly curated: string;
  /** What is decoded and written at once; an hour of it becomes one file of Parquet. */
  readonly batch: BatchLimits;
  /** The profile that reads a device's files of a channel. */
  profileOf(deviceId: string, channel: string): Profile | null;
  /** What decodes one file, and nothing of it stays for the next. */
  decoding(): Omit<IngestPorts, "raw">;
}

/** How far a file came when its function had no more time. Its batches are those whose rows are written. */
export interface UploadProgress extends BatchesDone {
  readonly content: ContentName;
  readonly counts: UploadCounts;
  /** Of Parquet: from where on its rows have not been looked at; not there: all of them have. */
  readonly unchecked?: ParquetPlace;
}

/**
 * Resolves to null when the file is taken, or refused for good: either stands in its manifest, and a refusal in quarantine
 * too. Resolves to how far it came where `hasTime` said no between two batches. Rejects where a store fails: try again.
 *
 * @param former what an earlier call resolved to
 */
export async function takeUploaded(
  bucket: string,
  key: string,
  ports: UploadPorts,
  former: UploadProgress | null = null,
  hasTime: () => boolean = () => true,
): Promise<UploadProgress | null> {
  const stored = await ports.files.describe(bucket, key);
  // Its retention has ended while the event waited.
  if (stored === null) return null;
  try {
    return await take(bucket, key, stored, ports, former, hasTime);
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    await refuse(key, stored, error, ports);
    return null;
  }
}

async function take(
  bucket: string,
  key: string,
  stored: StoredFile,
  ports: UploadPorts,
  former: UploadProgress | null,
  hasTime: () => boolean,
): Promise<UploadProgress | null> {
  const place = parseUploadKey(key);
  if (place === null)
    throw new FileRefusal("its name is not offline/<device>/<channel>/<sha256 of the file>", "id-mismatch");
  const { deviceId, channel } = place;
  const profile = ports.profileOf(deviceId, channel);
  if (profile === null) throw new FileRefusal(`no profile is bound to ${channel} of ${deviceId}`, "no-codec");
  const clock = clockOf(stored);
  const file = {
    bytes: stored.bytes,
    slice: (start: number, end: number) => ports.files.range(bucket, key, start, end),
  };
  const content = former?.content ?? (await nameContent(file, place.sha256, profile));
  const source = {
    tenant: ports.tenant,
    ...place,
    receivedAt: stored.modifiedMs * 1_000,
    name: content.sha256,
  };
  const records = { file, content, profile, source, limits: ports.batch };
  // Where a clock is put right, the rows are looked at on the way.
  if (former === null && clock !== null) await refuseJumps(storedBatches(records), ports.decoding().decoder);
  else if (content.container === "parquet") {
    const from = former === null ? parquetStart : former.unchecked;
    const unchecked = from === undefined ? null : await checkRows(file, profile, from, hasTime);
    if (unchecked !== null) return { content, batches: 0, counts: nothing, unchecked };
  }

  let counts = former?.counts ?? nothing;
  const decoding = counting(
    ports.decoding(),
    clock,
    () => (counts = { ...counts, undated: counts.undated + 1 }),
    (values) => (counts = added(counts, values)),
  );
  for await (const batch of storedBatches(records, former ?? undefined)) {
    const [first] = batch.unreadable;
    counts = {
      ...counts,
      unreadable: counts.unreadable + batch.unreadable.length,
      firstUnreadable:
        counts.firstUnreadable ??
        (first === undefined ? null : `${placeOf(first.message)}: ${first.fault.detail}`),
    };
    const opened = batch.messages.map((message) => ({ message, fault: null }));
    const readings = (await ingest(opened, decoding)).flat();
    if (readings.length > 0) await decoding.curated.write(readingsBlock(readings));
    if (!hasTime()) return { content, counts, ...batch.done };
  }
  const { name, version } = profile;
  await keepManifest(place, stored, ports, {
    profile: name,
    codec_version: version,
    container: content.container,
    ...counts,
    refused: null,
  });
  decoding.metrics.put({ FilesTaken: 1 });
  return null;
}

function clockOf({ metadata }: StoredFile): ClockRepair | null {
  const text = metadata["clock"];
  if (text === undefined) return null;
  try {
    return ClockRepair.parse(text);
  } catch (error) {
    if (error instanceof ClockRepairError) throw new FileRefusal(error.message, "schema");
    throw error;
  }
}

/** One correction is for one clock. */
async function refuseJumps(batches: AsyncIterable<FileBatch>, decoder: Decoder): Promise<void> {
  const jumps = new ClockJumps();
  for await (const { messages } of batches)
    for (const message of messages) jumps.see(placeOf(message), decoder.decode([message]));
  if (jumps.first !== null)
    throw new FileRefusal(
      `its times are not of one clock, so that one correction can't be right; at ${jumps.first}`,
      "value-range",
    );
}

async function refuse(key: string, stored: StoredFile, why: FileRefusal, ports: UploadPorts): Promise<void> {
  const { quarantine, identify, metrics } = ports.decoding();
  const place = parseUploadKey(key);
  const [, deviceId = "", channel = ""] = key.split("/");
  const payload = new TextEncoder().encode(key);
  const message: Message = {
    ...{ tenant: ports.tenant, deviceId, channel, ...place, payload, lane: "offline" },
    ...{ receivedAt: stored.modifiedMs * 1_000, position: key },
  };
  const { reason, message: detail } = why;
  const said = { reason, detail: detail.slice(0, 500), codec: "none", codecVersion: "0" };
  await quarantine.write(quarantineBlock([{ message, msgId: identify(payload), ...said }]));
  if (place !== null)
    await keepManifest(place, stored, ports, { ...nothing, refused: `${reason}: ${detail}` });
  metrics.put({ FilesRefused: 1, Quarantined: 1 });
}

/** Written once: who comes again finds it there. */
async function keepManifest(
  place: UploadKey,
  { bytes, modifiedMs, metadata }: StoredFile,
  { objects, curated }: UploadPorts,
  more: UploadOutcome,
): Promise<void> {
  const key = uploadKeyOf(place);
  const stored = {
    file: key,
    sha256: place.sha256,
    bytes,
    device_id: place.deviceId,
    channel: place.channel,
  };
  const record: UploadManifest = {
    ...stored,
    name: metadata["name"] ?? null,
    clock: metadata["clock"] ?? null,
    stored_at: new Date(modifiedMs).toISOString(),
    ...more,
  };
  const text = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
  await objects.create(curated, uploadManifestOf(key), text);
}
