import { createHash } from "node:crypto";
import type { KeptObjects } from "../ports.ts";
import type { AwsAccess } from "./aws-client.ts";
import { failure, urlOf } from "./s3.ts";

/** Objects in S3 that are replaced; a revision is an entity tag, compared by S3 ("Conditional writes"). */
export function s3Kept({ fetch, address }: AwsAccess): KeptObjects {
  const url = urlOf(address);
  const revisionOf = ({ headers }: Response): string => headers.get("etag") ?? "";
  return {
    async load(bucket, key) {
      const answer = await fetch("s3", url(bucket, key), { method: "GET" });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await failure("read", bucket, key, answer);
      return { bytes: new Uint8Array(await answer.arrayBuffer()), revision: revisionOf(answer) };
    },
    async put(bucket, key, bytes, former) {
      const condition: Record<string, string> =
        former === undefined ? {} : former === null ? { "If-None-Match": "*" } : { "If-Match": former };
      const checksum = createHash("sha256").update(bytes).digest("base64");
      const answer = await fetch("s3", url(bucket, key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: { ...condition, "x-amz-checksum-sha256": checksum },
      });
      // 404: what was to be replaced is gone.
      if (former !== undefined && (answer.status === 412 || answer.status === 404)) return null;
      if (!answer.ok) throw await failure("write", bucket, key, answer);
      return revisionOf(answer);
    },
  };
}
