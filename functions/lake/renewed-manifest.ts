/** The manifest of an uploaded file says what the lake has of it now: by which profile, how many rows, or why none. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { KeptObjects } from "../ports.ts";

/** As its function writes it; what a replay need not know passes through. */
export const uploadRecord = z.looseObject({
  device_id: z.string(),
  stored_at: z.iso.datetime(),
  /** Absent where the file was refused. */
  profile: z.string().optional(),
  messages: z.number(),
  /** Null where it was taken. */
  refused: z.string().nullable(),
});
export type UploadRecord = z.infer<typeof uploadRecord>;

export interface DecodedManifest {
  readonly key: string;
  readonly record: UploadRecord;
}

const attempts = 5;

/**
 * Puts a manifest in the place of the one that is there, where it says something else. `replayed` names the run
 * (milliseconds since 1970), as the lineage of the rows does.
 */
export async function renewManifest(
  container: string,
  { key, record }: DecodedManifest,
  run: number,
  objects: KeptObjects,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const found = await objects.load(container, key);
    const { replayed: _, ...former } = found === null ? {} : known(found.bytes);
    if (isDeepStrictEqual(former, record)) return;
    const text = `${JSON.stringify({ ...record, replayed: run })}\n`;
    const revision = await objects.put(container, key, Buffer.from(text), found?.revision ?? null);
    if (revision !== null) return;
  }
  throw new Error(`the manifest ${key} is changed by others again and again`);
}

const known = (bytes: Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
