/** What is in an uploaded file, whatever it came in. */
import { createHash } from "node:crypto";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { isParquet, refusePacked } from "../../functions/files/parquet/content.ts";
import { parquetInTurn, parquetStart } from "../../functions/files/parquet/turns.ts";
import type { RandomAccess } from "../../functions/files/parquet/rows.ts";
import { readable } from "../../functions/files/readable.ts";
import { fileRuleOf } from "../../functions/files/records/records-of.ts";
import { compressionOf, refuseForeign, unpack, type Compression } from "../../functions/files/unpack.ts";
import type { UploadFile } from "./upload-file.ts";
import type { UploadRequest } from "./upload-request.ts";

export interface UploadContent {
  /** What the records came in; null: as they are. */
  readonly container: Compression | "parquet" | null;
  /** Of the bytes inside, hexadecimal: names the records, so that packed and unpacked they are the same. */
  readonly sha256: string;
  /** From the beginning, each time. Throws {@link FileRefusal} where it is damaged. */
  read(): AsyncIterable<Uint8Array>;
}

/** As many as tell one container from another. */
const headBytes = 4;

/** Rejects with {@link FileRefusal} where what is inside can't be read to its end. */
export async function contentOf(
  file: UploadFile,
  request: UploadRequest,
  profile: Profile,
): Promise<UploadContent> {
  const content = await unpackedContent(file, request, profile);
  if (content.container === "parquet") return content;
  const read = (): AsyncIterable<Uint8Array> => readable(content.read(), profile);
  // To its end once, so that nothing is taken of a file that is damaged behind its first records.
  if (fileRuleOf(profile) !== null) for await (const _ of read());
  return { ...content, read };
}

async function unpackedContent(
  file: UploadFile,
  { sha256, bytes }: UploadRequest,
  profile: Profile,
): Promise<UploadContent> {
  const head = await headOf(file.read());
  // A Kura payload is itself compressed, as live.
  const compression = profile.format === "kura" ? null : compressionOf(head);
  if (compression !== null) {
    const read = (): AsyncIterable<Buffer> => unpack(file.read(), bytes, compression);
    const hash = createHash("sha256");
    let isFirst = true;
    for await (const chunk of read()) {
      if (isFirst) refuseForeign(chunk);
      if (isFirst) refusePacked(chunk);
      isFirst = false;
      hash.update(chunk);
    }
    return { container: compression, sha256: hash.digest("hex"), read };
  }
  refuseForeign(head);
  if (!isParquet(head)) return { container: null, sha256, read: () => file.read() };
  const slice = (start: number, end: number): Promise<Buffer> => file.slice(start, end);
  const read = (): AsyncIterable<Uint8Array> => linesOf({ bytes, slice }, profile);
  // To its end once, so that nothing is taken of a file that is damaged behind its first rows.
  for await (const _ of read());
  return { container: "parquet", sha256, read };
}

async function* linesOf(file: RandomAccess, profile: Profile): AsyncGenerator<Uint8Array> {
  for await (const { lines } of parquetInTurn(file, profile, parquetStart)) yield lines;
}

async function headOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of content) {
    head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
    if (head.length >= headBytes) break;
  }
  return head;
}
