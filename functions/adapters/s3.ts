import { createHash } from "node:crypto";
import type { ObjectStore } from "../ports.ts";
import type { AwsAccess } from "./aws-client.ts";

/** Objects in S3: created once, with a checksum that S3 verifies and that Object Lock demands. */
export function s3Objects({ fetch, address }: AwsAccess): ObjectStore {
  const url = (bucket: string, key: string): string =>
    `${address("s3", bucket)}/${key.split("/").map(encodeURIComponent).join("/")}`;
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
      if (!answer.ok) throw await failure("read", bucket, key, answer);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

async function failure(verb: string, bucket: string, key: string, answer: Response): Promise<Error> {
  const text = await answer.text();
  const code = /<Code>([^<]+)</.exec(text)?.[1] ?? "no code";
  return new Error(`could not ${verb} s3://${bucket}/${key}: HTTP ${answer.status}, ${code}`);
}
