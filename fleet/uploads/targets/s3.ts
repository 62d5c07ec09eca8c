/**
 * Files to S3: multipart uploads by pre-signed requests, so that whoever sends needs no credentials; each part and the whole
 * by a CRC-32 that S3 verifies; completed only where there is no object of that name (Amazon S3 API Reference,
 * CompleteMultipartUpload: `If-None-Match`, `x-amz-checksum-type: FULL_OBJECT`).
 */
import { persistent } from "../../../functions/adapters/persistent.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { keyOf, metadataOf, partsOf, type BulkTarget, type BulkUpload, type Committed } from "../bulk.ts";
import type { FileToSend, Part } from "../bulk.ts";
import type { UploadNotes } from "../notes.ts";

export interface Presigned {
  readonly url: string;
  /** To be sent as they are: they are signed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs one request for the bucket, good for an hour. */
export type Presign = (
  method: string,
  key: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
) => Promise<Presigned>;

export interface S3TargetOptions {
  readonly bucket: string;
  readonly presign: Presign;
  /** Remembers which upload of a file is under way: S3 tells only who may list the whole bucket. */
  readonly notes: UploadNotes;
}

/** S3's own least; small, so that a slow line gets a part through in time. */
const leastPartBytes = 5 << 20;
/** S3 takes 10,000. */
const mostParts = 9_000;
const mebi = 1 << 20;
/** A part by a line of 0.25 Mbit/s. */
const partMilliseconds = 180_000;

/** Big-endian, as S3 writes checksums. */
function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum >>> 0);
  return bytes.toString("base64");
}

const one = (xml: string, tag: string): string | null =>
  new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? null;

export function s3Target({ bucket, presign, notes }: S3TargetOptions): BulkTarget<Committed> {
  const call = async (
    method: string,
    key: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
    body?: Buffer | string,
  ): Promise<Response> =>
    persistent(
      async (signal) => {
        const { url, headers: signed } = await presign(method, key, query, headers);
        return fetch(url, {
          method,
          headers: signed,
          signal,
          ...(body !== undefined && { body: body as string | Uint8Array<ArrayBuffer> }),
        });
      },
      /SlowDown|RequestTimeout|ConditionalRequestConflict/,
      partMilliseconds,
    );

  const failed = async (what: string, key: string, answer: Response): Promise<CommandError> => {
    const code = one(await answer.text(), "Code") ?? "no code";
    return new CommandError(
      `could not ${what} s3://${bucket}/${key}: HTTP ${answer.status}, ${code}`,
      exitCodes.failed,
    );
  };

  const begin = async (file: FileToSend, key: string): Promise<string> => {
    const metadata = Object.entries(metadataOf(file)).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    const answer = await call(
      "POST",
      key,
      { uploads: "" },
      {
        "x-amz-checksum-algorithm": "CRC32",
        "x-amz-checksum-type": "FULL_OBJECT",
        ...Object.fromEntries(metadata),
      },
    );
    const id = answer.ok ? one(await answer.clone().text(), "UploadId") : null;
    if (id === null) throw await failed("begin", key, answer);
    notes.keep(key, id);
    return id;
  };

  /** ETags of the parts that S3 has, by number; null: there is no such upload any more. */
  const listed = async (
    key: string,
    uploadId: string,
    parts: readonly Part[],
  ): Promise<Map<number, string> | null> => {
    const found = new Map<number, string>();
    for (let marker = "0"; ;) {
      const answer = await call("GET", key, { uploadId, "part-number-marker": marker });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await failed("list the parts of", key, answer);
      const xml = await answer.text();
      for (const [, part = ""] of xml.matchAll(/<Part>(.*?)<\/Part>/gs)) {
        const number = Number(one(part, "PartNumber")) - 1;
        const known = parts[number];
        const etag = one(part, "ETag");
        if (known !== undefined && etag !== null && Number(one(part, "Size")) === known.end - known.start)
          found.set(number, etag);
      }
      const next = one(xml, "NextPartNumberMarker");
      if (one(xml, "IsTruncated") !== "true" || next === null || next === marker) return found;
      marker = next;
    }
  };

  const isThere = async (key: string): Promise<boolean> => {
    const answer = await call("HEAD", key, {});
    // Who may write and not list is told 403 of what is not there.
    if (answer.status === 404 || answer.status === 403) return false;
    if (!answer.ok) throw await failed("look for", key, answer);
    return true;
  };

  return {
    partBytes: (bytes) => Math.max(leastPartBytes, Math.ceil(bytes / mostParts / mebi) * mebi),
    async begin(file) {
      const key = keyOf(file);
      const address = `s3://${bucket}/${key}`;
      if (await isThere(key)) {
        notes.forget(key);
        return { done: { address, created: false } };
      }
      const parts = partsOf(file.bytes, file.partBytes);
      const noted = notes.find(key);
      const known = noted === null ? null : await listed(key, noted, parts);
      const uploadId = noted === null || known === null ? await begin(file, key) : noted;
      const etags = known ?? new Map<number, string>();
      const upload: BulkUpload<Committed> = {
        missing: parts.filter(({ number }) => !etags.has(number)),
        async put({ number }, bytes) {
          const checksum = { "x-amz-checksum-crc32": base64Of(file.partChecksums[number] ?? 0) };
          const place = { partNumber: String(number + 1), uploadId };
          const answer = await call("PUT", key, place, checksum, bytes);
          const etag = answer.headers.get("etag");
          if (!answer.ok || etag === null) throw await failed(`write part ${number + 1} of`, key, answer);
          etags.set(number, etag);
        },
        async commit() {
          const list = parts.map(
            ({ number }) =>
              `<Part><ETag>${etags.get(number)}</ETag><PartNumber>${number + 1}</PartNumber></Part>`,
          );
          const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
          const answer = await call(
            "POST",
            key,
            { uploadId },
            {
              "If-None-Match": "*",
              "x-amz-checksum-crc32": base64Of(file.checksum),
              "x-amz-checksum-type": "FULL_OBJECT",
              "x-amz-mp-object-size": String(file.bytes),
            },
            body,
          );
          // What fails while S3 puts the parts together comes with a status of 200.
          const error = one(await answer.clone().text(), "Code");
          const wasThere = answer.status === 412 || (answer.status === 404 && (await isThere(key)));
          if (!wasThere && (!answer.ok || error !== null)) throw await failed("complete", key, answer);
          if (answer.status === 412) await call("DELETE", key, { uploadId });
          notes.forget(key);
          return { address, created: !wasThere };
        },
      };
      return upload;
    },
  };
}
