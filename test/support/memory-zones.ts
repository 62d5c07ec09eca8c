/** The zones of a cloud in memory: objects that are created once, and files that are read piece by piece. */
import type { ObjectStore, StoredFiles } from "../../functions/ports.ts";

export interface MemoryZones {
  readonly objects: ObjectStore;
  readonly files: StoredFiles;
  /** By `bucket/key`. */
  readonly stored: Map<string, Uint8Array>;
  /** Puts a file there, as an upload does. */
  put(key: string, content: Uint8Array, metadata?: Readonly<Record<string, string>>): void;
  /** Files of a bucket whose names begin so. */
  below(prefix: string): Uint8Array[];
}

/** @param modifiedMs when every file came to lie there */
export function memoryZones(modifiedMs: number): MemoryZones {
  const stored = new Map<string, Uint8Array>();
  const metadata = new Map<string, Readonly<Record<string, string>>>();
  const need = (bucket: string, key: string): Uint8Array => {
    const found = stored.get(`${bucket}/${key}`);
    if (found === undefined) throw new Error(`could not read ${bucket}/${key}`);
    return found;
  };
  return {
    stored,
    objects: {
      create(bucket, key, bytes) {
        const isNew = !stored.has(`${bucket}/${key}`);
        if (isNew) stored.set(`${bucket}/${key}`, bytes);
        return Promise.resolve(isNew);
      },
      read: (bucket, key) => Promise.resolve(need(bucket, key)),
    },
    files: {
      describe(bucket, key) {
        const bytes = stored.get(`${bucket}/${key}`)?.length;
        const described = { modifiedMs, metadata: metadata.get(key) ?? {} };
        return Promise.resolve(bytes === undefined ? null : { bytes, ...described });
      },
      range: (bucket, key, start, end) => Promise.resolve(need(bucket, key).slice(start, end)),
    },
    put(key, content, more = {}) {
      stored.set(`raw/${key}`, content);
      metadata.set(key, more);
    },
    below: (prefix) => [...stored].flatMap(([name, bytes]) => (name.startsWith(prefix) ? [bytes] : [])),
  };
}
