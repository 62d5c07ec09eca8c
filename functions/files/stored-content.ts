/** What is in a file of the raw zone, read piece by piece: its bytes are those that its name promises, or it is refused. */
import { createHash } from "node:crypto";
import { FileRefusal } from "../core/files/refusal.ts";
import type { Profile } from "../core/profiles/profile.ts";
import { readable } from "./readable.ts";
import { fileRuleOf } from "./records/records-of.ts";
import { compressionOf, refuseForeign, unpack, type Compression } from "./unpack.ts";

/** What names the records of a file. */
export interface ContentName {
  /** What the records came in; null: as they are. */
  readonly container: Compression | null;
  /** Of the bytes inside, hexadecimal: packed and unpacked, the records are the same. */
  readonly sha256: string;
}

/** Bytes of a stored file, as often as asked. */
export type ReadStored = () => AsyncIterable<Uint8Array>;

const parquetMagic = "PAR1";

/** Reads all of it. Rejects with {@link FileRefusal} where it is damaged, is another file, or what only the site reads. */
export async function nameContent(
  stored: ReadStored,
  bytes: number,
  sha256: string,
  profile: Profile,
): Promise<ContentName> {
  const { hash, head } = await readThrough(stored());
  if (hash !== sha256)
    throw new FileRefusal(`its bytes have the SHA-256 ${hash}, and not the one in its name`, "id-mismatch");
  // A Kura payload is itself compressed, as live.
  const container = profile.format === "kura" ? null : compressionOf(head);
  const inside = container === null ? { hash, head } : await readThrough(unpack(stored(), bytes, container));
  if (inside.head.toString("latin1") === parquetMagic)
    throw new FileRefusal(
      "a Parquet file: the site on a machine reads it, no function does yet",
      "unknown-type",
    );
  refuseForeign(inside.head);
  const content = { container, sha256: inside.hash };
  // To its end once, so that nothing is taken of a file that is damaged behind its first records.
  if (fileRuleOf(profile) !== null) for await (const _ of contentOf(stored, bytes, content, profile));
  return content;
}

/** The records' bytes. */
export function contentOf(
  stored: ReadStored,
  bytes: number,
  { container }: ContentName,
  profile: Profile,
): AsyncIterable<Uint8Array> {
  const inside = container === null ? stored() : unpack(stored(), bytes, container);
  return readable(inside, profile);
}

async function readThrough(content: AsyncIterable<Uint8Array>): Promise<{ hash: string; head: Buffer }> {
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  for await (const chunk of content) {
    hash.update(chunk);
    if (head.length < parquetMagic.length)
      head = Buffer.concat([head, chunk.subarray(0, parquetMagic.length - head.length)]);
  }
  return { hash: hash.digest("hex"), head };
}
