/**
 * Uploaded files of a cloud's raw zone that a replay takes. No row names its file: what tells whose a row is are device and
 * arrival, and a store tells arrivals by the second, so that files of a device and second are decoded together or not at all.
 */
import { manifestFolder } from "../agreements.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { offlineFolder, parseUploadKey } from "../core/files/upload-key.ts";
import type { Message, Micros } from "../core/model.ts";
import { MissingObject } from "../missing-object.ts";
import type { StoredFiles } from "../ports.ts";
import { uploadManifestOf } from "../upload-manifest.ts";
import type { LakeReading } from "./day-files.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayPlaces } from "./replay-options.ts";
import { uploadRecord, type UploadRecord } from "./renewed-manifest.ts";

export interface StoredUpload {
  readonly key: string;
  readonly bytes: number;
  readonly deviceId: string;
  readonly channel: string;
  readonly arrival: Micros;
  /** Names of profiles that its rows may be of: the one of today, and the one that its manifest tells of. */
  readonly codecs: readonly string[];
  /** Its manifest says that rows were made of it. */
  readonly wasTaken: boolean;
}

/** Files of a device that came in the same second. */
export interface UploadGroup {
  readonly deviceId: string;
  readonly arrival: Micros;
  /** Of the codec. */
  readonly own: readonly StoredUpload[];
  /** Names of the profiles of the others. */
  readonly others: readonly string[];
  /** Why it keeps the rows that it has; null where it is decoded. */
  readonly left: string | null;
}

export interface StoredUploads {
  /** By arrival; only those with files of the codec. */
  readonly groups: readonly UploadGroup[];
  /** Whether a file of the range, of any codec, came so. */
  has(place: Pick<Message, "deviceId" | "channel" | "receivedAt">): boolean;
}

type Found = Omit<StoredUpload, "codecs" | "wasTaken"> & { readonly codec: string | null };

const folder = `${offlineFolder}/`;
/** Requests under way at the same time. */
const parallel = 32;
/** Listings may tell more of a second than what is told of one object. */
const secondMs = 1_000;

const keyOf = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);

export async function storedUploads(
  { raw, curated }: ReplayPlaces,
  { from, to, codec }: Pick<LakeReplayOptions, "from" | "to" | "codec">,
  ports: LakeReading & Pick<LakeReplayPorts, "codecOf"> & { readonly files: Pick<StoredFiles, "describe"> },
): Promise<StoredUploads> {
  const listed = await ports.list.all(raw, folder);
  const near = listed.filter(
    ({ modifiedMs }) => modifiedMs >= from / 1_000 - secondMs && modifiedMs < to / 1_000 + secondMs,
  );
  const found: Found[] = [];
  const describe = async (key: string): Promise<void> => {
    const stored = await ports.files.describe(raw, key);
    if (stored === null) return;
    const arrival = stored.modifiedMs * 1_000;
    if (arrival < from || arrival >= to) return;
    // Of a name that makes no sense, as its refusal has it.
    const [, deviceId = "", channel = ""] = key.split("/");
    const place = { deviceId, channel, ...parseUploadKey(key) };
    const { bytes } = stored;
    found.push({
      ...{ key, bytes, deviceId, channel: place.channel, arrival, codec: ports.codecOf(place) },
    });
  };
  await inTurns(
    near.map(
      ({ key }) =>
        () =>
          describe(key),
    ),
    parallel,
  );
  found.sort((one, other) => one.arrival - other.arrival || (one.key < other.key ? -1 : 1));
  const places = new Set(found.map(({ deviceId, channel, arrival }) => keyOf(deviceId, channel, arrival)));
  const wanted = [...Map.groupBy(found, ({ deviceId, arrival }) => keyOf(deviceId, arrival)).values()].filter(
    (files) => files.some((file) => file.codec === codec.name),
  );
  const manifests = await readManifests(curated, wanted.flat(), ports);
  const gone = await goneOf(
    curated,
    new Set(listed.map(({ key }) => key)),
    wanted.map((files) => files[0]!),
    ports,
  );
  return {
    groups: wanted.map((files) => groupOf(files, codec.name, manifests, gone)),
    has: ({ deviceId, channel, receivedAt }) => places.has(keyOf(deviceId, channel, receivedAt)),
  };
}

function groupOf(
  files: readonly Found[],
  codec: string,
  manifests: ReadonlyMap<string, UploadRecord>,
  gone: ReadonlySet<string>,
): UploadGroup {
  const [{ deviceId, arrival }] = files as readonly [Found];
  const withCodecs = files.map((file) => ({
    ...file,
    codecs: [file.codec, manifests.get(file.key)?.profile].filter((name) => typeof name === "string"),
    wasTaken: manifests.get(file.key)?.refused === null,
  }));
  const own = withCodecs.filter((file) => file.codec === codec);
  const others = new Set(withCodecs.filter((file) => file.codec !== codec).flatMap(({ codecs }) => codecs));
  const isUnderWay = own.some(({ key }) => parseUploadKey(key) !== null && !manifests.has(key));
  const isMixed = own.some(({ codecs }) => codecs.some((name) => others.has(name)));
  const left = isUnderWay
    ? "its function has not told of its end yet, or has put it aside"
    : isMixed
      ? "a file of another profile came in the same second, and their rows can't be told apart"
      : gone.has(keyOf(deviceId, arrival))
        ? "a file that is not in the raw zone any more came in the same second, and their rows can't be told apart"
        : null;
  return { deviceId, arrival, own, others: [...others], left };
}

/** By the key of the file; those that are there. */
async function readManifests(
  curated: string,
  files: readonly Pick<StoredUpload, "key">[],
  ports: LakeReading,
): Promise<ReadonlyMap<string, UploadRecord>> {
  const manifests = new Map<string, UploadRecord>();
  const read = async (key: string): Promise<void> => {
    const found = await readManifest(curated, key, ports);
    if (found !== null) manifests.set(key, found);
  };
  await inTurns(
    files.map(
      ({ key }) =>
        () =>
          read(key),
    ),
    parallel,
  );
  return manifests;
}

async function readManifest(
  curated: string,
  key: string,
  { objects }: LakeReading,
): Promise<UploadRecord | null> {
  try {
    const bytes = await objects.read(curated, uploadManifestOf(key));
    return uploadRecord.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (error) {
    if (error instanceof MissingObject) return null;
    throw new Error(`the manifest of the file ${key} can't be read: ${(error as Error).message}`);
  }
}

/** Device and arrival of files that the raw zone has no more, of devices that have others there. */
async function goneOf(
  curated: string,
  there: ReadonlySet<string>,
  wanted: readonly Pick<StoredUpload, "deviceId" | "arrival">[],
  ports: LakeReading,
): Promise<ReadonlySet<string>> {
  const earliest = new Map<string, Micros>();
  for (const { deviceId, arrival } of wanted)
    earliest.set(deviceId, Math.min(arrival, earliest.get(deviceId) ?? Infinity));
  const gone = new Set<string>();
  if (wanted.length === 0) return gone;
  const start = `${manifestFolder}/`;
  for (const { key: name, modifiedMs } of await ports.list.all(curated, `${start}${folder}`)) {
    const key = name.slice(start.length, -".json".length);
    const since = earliest.get(key.split("/")[1] ?? "");
    // A manifest is younger than its file.
    if (there.has(key) || since === undefined || (modifiedMs + secondMs) * 1_000 < since) continue;
    const found = await readManifest(curated, key, ports);
    if (found !== null) gone.add(keyOf(found.device_id, Date.parse(found.stored_at) * 1_000));
  }
  return gone;
}
