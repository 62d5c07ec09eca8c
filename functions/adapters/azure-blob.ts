import { createHash } from "node:crypto";
import type { ObjectStore } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";

/** Audience of tokens for blobs. */
export const storageResource = "https://storage.azure.com/";

/** The version of the service's interface that this was written to. */
const version = "2024-11-04";

/** What the service answers where a blob of the name is there: by the condition, or by the container's policy. */
const isThere: ReadonlySet<string> = new Set([
  "BlobAlreadyExists",
  "ConditionNotMet",
  "BlobImmutableDueToPolicy",
  "UnauthorizedBlobOverwrite",
]);

/** Objects as block blobs: created once, with a checksum that the service verifies. `bucket` is a container. */
export function blobObjects(fetch: AzureFetch, endpoint: string): ObjectStore {
  const url = (container: string, key: string): string =>
    `${endpoint.replace(/\/$/, "")}/${container}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    async create(container, key, bytes, metadata = {}) {
      const answer = await fetch(url(container, key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "If-None-Match": "*",
          "Content-MD5": createHash("md5").update(bytes).digest("base64"),
          "x-ms-blob-type": "BlockBlob",
          "x-ms-version": version,
          ...Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]),
          ),
        },
      });
      if (answer.ok) return true;
      const code = answer.headers.get("x-ms-error-code");
      if ((answer.status === 409 || answer.status === 412) && code !== null && isThere.has(code))
        return false;
      throw failure("write", container, key, answer);
    },
    async read(container, key) {
      const answer = await fetch(url(container, key), {
        method: "GET",
        headers: { "x-ms-version": version },
      });
      if (!answer.ok) throw failure("read", container, key, answer);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

function failure(verb: string, container: string, key: string, { status, headers }: Response): Error {
  const code = headers.get("x-ms-error-code") ?? "no code";
  return new Error(`could not ${verb} the blob ${container}/${key}: HTTP ${status}, ${code}`);
}
