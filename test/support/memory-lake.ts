/** A container in memory: listed, read, added to and taken from; each step can be watched, or be the last. */
import type { BlobList, ListedBlob } from "../../functions/adapters/blob-list.ts";
import { MissingObject } from "../../functions/missing-object.ts";
import type { KeptObjects, ObjectRemoval, ObjectStore, StoredFiles } from "../../functions/ports.ts";

export interface MemoryObject {
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface MemoryLake {
  readonly objects: ObjectStore;
  readonly list: BlobList;
  readonly removal: ObjectRemoval;
  readonly kept: KeptObjects;
  readonly files: StoredFiles;
  /** By `container/key`. */
  readonly stored: Map<string, MemoryObject>;
  /** Before each step; what it throws, the step throws. */
  onStep: (step: string) => Promise<void> | void;
}

/**
 * @param now when what is created comes to lie there
 * @param like whose objects it begins with
 */
export function memoryLake(now: () => number, like?: MemoryLake): MemoryLake {
  const stored: MemoryLake["stored"] = new Map(like?.stored);
  /** Another one with every write. */
  const revisions = new WeakMap<object, string>();
  let writes = 0;
  const revisionOf = (object: object): string => {
    const known = revisions.get(object) ?? `"${++writes}"`;
    revisions.set(object, known);
    return known;
  };
  const step = async (what: string) => lake.onStep(what);
  const below = (container: string, prefix: string): ListedBlob[] =>
    [...stored]
      .filter(([name]) => name.startsWith(`${container}/${prefix}`))
      .map(([name, { bytes, modifiedMs }]) => ({
        key: name.slice(container.length + 1),
        bytes: bytes.length,
        modifiedMs,
      }))
      .sort((one, other) => (one.key < other.key ? -1 : 1));
  const lake: MemoryLake = {
    stored,
    onStep: () => undefined,
    objects: {
      async create(container, key, bytes, metadata = {}) {
        await step(`create ${key}`);
        if (stored.has(`${container}/${key}`)) return false;
        stored.set(`${container}/${key}`, { bytes, modifiedMs: now(), metadata });
        return true;
      },
      async read(container, key) {
        await step(`read ${key}`);
        const found = stored.get(`${container}/${key}`);
        if (found === undefined) throw new MissingObject(`could not read ${container}/${key}`);
        return found.bytes;
      },
    },
    list: {
      async level(container, prefix) {
        await step(`list ${prefix}`);
        const folders = below(container, prefix).flatMap(({ key }) => {
          const end = key.indexOf("/", prefix.length);
          return end < 0 ? [] : [key.slice(0, end + 1)];
        });
        return { folders: [...new Set(folders)], blobs: [] };
      },
      async all(container, prefix) {
        await step(`list ${prefix}`);
        return below(container, prefix);
      },
    },
    kept: {
      async load(container, key) {
        await step(`read ${key}`);
        const found = stored.get(`${container}/${key}`);
        return found === undefined ? null : { bytes: found.bytes, revision: revisionOf(found) };
      },
      async put(container, key, bytes, former) {
        await step(`put ${key}`);
        const found = stored.get(`${container}/${key}`);
        const there = found === undefined ? null : revisionOf(found);
        if (former !== undefined && former !== there) return null;
        const written = { bytes, modifiedMs: now() };
        stored.set(`${container}/${key}`, written);
        return revisionOf(written);
      },
    },
    files: {
      async describe(container, key) {
        await step(`look at ${key}`);
        const found = stored.get(`${container}/${key}`);
        if (found === undefined) return null;
        const { bytes, modifiedMs, metadata = {} } = found;
        return { bytes: bytes.length, modifiedMs, metadata };
      },
      async range(container, key, start, end) {
        await step(`read ${key}`);
        const found = stored.get(`${container}/${key}`);
        if (found === undefined) throw new MissingObject(`could not read ${container}/${key}`);
        return found.bytes.subarray(start, end);
      },
    },
    removal: {
      async remove(container, key) {
        await step(`remove ${key}`);
        stored.delete(`${container}/${key}`);
      },
    },
  };
  return lake;
}
