/** What is in a file of the raw zone, read piece by piece: its bytes are those that its name promises, or it is refused. */
import { createHash } from "node:crypto";
import { FileRefusal } from "../core/files/refusal.ts";
import type { Profile } from "../core/profiles/profile.ts";
import { isParquet, refusePacked } from "./parquet/content.ts";
import { pieceBytes, type RandomAccess } from "./parquet/rows.ts";
import { readable } from "./readable.ts";
import { fileRuleOf } from "./records/records-of.ts";
import { compressionOf, refuseForeign, unpack, type Compression } from "./unpack.ts";

/** What names the records of a file. */
export interface ContentName {
  /** What the records came in; null: as they are. */
  readonly container: Compression | "parquet" | null;
  /** Of the bytes inside, hexadecimal: packed and unpacked, the records are the same. */
  readonly sha256: string;
}

const headBytes = 4;

/** Reads all of it. Rejects with {@link FileRefusal} where it is damaged, or is another file; rows of Parquet are not looked at. */
export async function nameContent(
  stored: RandomAccess,
  sha256: string,
  profile: Profile,
): Promise<ContentName> {
  const { hash, head } = await readThrough(pieces(stored));
  if (hash !== sha256)
    throw new FileRefusal(`its bytes have the SHA-256 ${hash}, and not the one in its name`, "id-mismatch");
  // A Kura payload is itself compressed, as live.
  const container = profile.format === "kura" ? null : compressionOf(head);
  if (container === null && isParquet(head)) return { container: "parquet", sha256 };
  const inside =
    container === null ? { hash, head } : await readThrough(unpack(pieces(stored), stored.bytes, container));
  refuseForeign(inside.head);
  refusePacked(inside.head);
  const content = { container, sha256: inside.hash };
  // To its end once, so that nothing is taken of a file that is damaged behind its first records.
  if (fileRuleOf(profile) !== null) for await (const _ of recordsIn(stored, container, profile));
  return content;
}

/** The records' bytes. */
export function recordsIn(
  stored: RandomAccess,
  container: Compression | null,
  profile: Profile,
): AsyncIterable<Uint8Array> {
  const inside = container === null ? pieces(stored) : unpack(pieces(stored), stored.bytes, container);
  return readable(inside, profile);
}

async function* pieces({ bytes, slice }: RandomAccess): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += pieceBytes) yield await slice(at, Math.min(bytes, at + pieceBytes));
}

async function readThrough(content: AsyncIterable<Uint8Array>): Promise<{ hash: string; head: Buffer }> {
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  for await (const chunk of content) {
    hash.update(chunk);
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
  }
  return { hash: hash.digest("hex"), head };
}
