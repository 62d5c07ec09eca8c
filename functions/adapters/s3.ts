import { createHash } from "node:crypto";
import { MissingObject } from "../missing-object.ts";
import type { ObjectRemoval, ObjectStore, StoredFiles } from "../ports.ts";
import type { AwsAccess } from "./aws-client.ts";
import { describedBy } from "./described.ts";

export const urlOf =
  (address: AwsAccess["address"]) =>
  (bucket: string, key: string): string =>
    `${address("s3", bucket)}/${key.split("/").map(encodeURIComponent).join("/")}`;

/** Objects in S3: created once, with a checksum that S3 verifies and that Object Lock demands. */
export function s3Objects({ fetch, address }: AwsAccess): ObjectStore {
  const url = urlOf(address);
  return {
    async create(bucket, key, bytes, metadata = {}) {
      const answer = await fetch("s3", url(bucket, key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "If-None-Match": "*",
          "x-amz-checksum-sha256": createHash("sha256").update(bytes).digest("base64"),
          ...Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
          ),
        },
      });
      if (answer.status === 412) return false;
      if (!answer.ok) throw await failure("write", bucket, key, answer);
      return true;
    },
    async read(bucket, key) {
      const answer = await fetch("s3", url(bucket, key), { method: "GET" });
      if (answer.status === 404)
        throw new MissingObject((await failure("read", bucket, key, answer)).message);
      if (!answer.ok) throw await failure("read", bucket, key, answer);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

/** Takes objects away; where the bucket keeps versions, they stay for a while. */
export function s3Removal({ fetch, address }: AwsAccess): ObjectRemoval {
  const url = urlOf(address);
  return {
    async remove(bucket, key) {
      const answer = await fetch("s3", url(bucket, key), { method: "DELETE" });
      if (!answer.ok && answer.status !== 404) throw await failure("remove", bucket, key, answer);
    },
  };
}

/** Objects in S3 that are read piece by piece. */
export function s3Files({ fetch, address }: AwsAccess): StoredFiles {
  const url = urlOf(address);
  return {
    async describe(bucket, key) {
      const answer = await fetch("s3", url(bucket, key), { method: "HEAD" });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await failure("look at", bucket, key, answer);
      return describedBy(answer, "x-amz-meta-");
    },
    async range(bucket, key, start, end) {
      const headers = { Range: `bytes=${start}-${end - 1}` };
      const answer = await fetch("s3", url(bucket, key), { method: "GET", headers });
      if (answer.status === 404)
        throw new MissingObject((await failure("read", bucket, key, answer)).message);
      if (answer.status !== 206) throw await failure("read", bucket, key, answer);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

export async function failure(verb: string, bucket: string, key: string, answer: Response): Promise<Error> {
  const text = await answer.text();
  const code = /<Code>([^<]+)</.exec(text)?.[1] ?? "no code";
  return new Error(`could not ${verb} s3://${bucket}/${key}: HTTP ${answer.status}, ${code}`);
}
