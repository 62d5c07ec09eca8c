import { createHash } from "node:crypto";
import type { KeptObjects } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";
import { blobVersion, errorCode, failure, storageResource, url } from "./blob.ts";

/** Blobs that are replaced, in containers by their address; a revision is an entity tag ("Specifying conditional headers"). */
export function blobKept(fetch: AzureFetch): KeptObjects {
  const version = { "x-ms-version": blobVersion };
  const revisionOf = ({ headers }: Response): string => headers.get("etag") ?? "";
  return {
    async load(container, key) {
      const answer = await fetch(storageResource, url(container, key), {
        method: "GET",
        headers: version,
      });
      if (answer.status === 404) return null;
      if (!answer.ok) throw failure("read", container, key, answer, await errorCode(answer));
      return { bytes: new Uint8Array(await answer.arrayBuffer()), revision: revisionOf(answer) };
    },
    async put(container, key, bytes, former) {
      const condition: Record<string, string> =
        former === undefined ? {} : former === null ? { "If-None-Match": "*" } : { "If-Match": former };
      const answer = await fetch(storageResource, url(container, key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          ...version,
          ...condition,
          "x-ms-blob-type": "BlockBlob",
          "Content-MD5": createHash("md5").update(bytes).digest("base64"),
        },
      });
      // 409: one of that name is there; 412: another one than was loaded, or none any more.
      if (former !== undefined && (answer.status === 409 || answer.status === 412)) return null;
      if (!answer.ok) throw failure("write", container, key, answer, await errorCode(answer));
      return revisionOf(answer);
    },
  };
}
