import { createHash } from "node:crypto";
import { MissingObject } from "../missing-object.ts";
import type { ObjectRemoval, ObjectStore, StoredFiles } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";
import { describedBy } from "./described.ts";

export const blobVersion = "2024-11-04";
export const storageResource = "https://storage.azure.com";

export const url = (container: string, key: string): string =>
  `${container}/${key.split("/").map(encodeURIComponent).join("/")}`;

/**
 * Blobs of containers, each given by its address (`https://<account>.blob…/<container>`): created once, with a checksum
 * that the service verifies.
 */
export function blobObjects(fetch: AzureFetch): ObjectStore {
  return {
    async create(container, key, bytes, metadata = {}) {
      const answer = await fetch(storageResource, url(container, key), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "x-ms-version": blobVersion,
          "x-ms-blob-type": "BlockBlob",
          "If-None-Match": "*",
          "Content-MD5": createHash("md5").update(bytes).digest("base64"),
          ...Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [
              `x-ms-meta-${name.replaceAll("-", "_")}`,
              value,
            ]),
          ),
        },
      });
      // 409: the blob is there; 412: it came into being at the same time.
      if (answer.status === 409 || answer.status === 412) {
        const code = await errorCode(answer);
        if (["BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite"].includes(code))
          return false;
        throw failure("write", container, key, answer, code);
      }
      if (!answer.ok) throw failure("write", container, key, answer, await errorCode(answer));
      return true;
    },
    async read(container, key) {
      const answer = await fetch(storageResource, url(container, key), {
        method: "GET",
        headers: { "x-ms-version": blobVersion },
      });
      if (!answer.ok) throw unread(container, key, answer, await errorCode(answer));
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

/** Takes blobs away; where the account keeps what was deleted for a while, it does. */
export function blobRemoval(fetch: AzureFetch): ObjectRemoval {
  return {
    async remove(container, key) {
      const answer = await fetch(storageResource, url(container, key), {
        method: "DELETE",
        headers: { "x-ms-version": blobVersion },
      });
      if (answer.ok || answer.status === 404) return;
      throw failure("remove", container, key, answer, await errorCode(answer));
    },
  };
}

/** Blobs that are read piece by piece. */
export function blobFiles(fetch: AzureFetch): StoredFiles {
  const version = { "x-ms-version": blobVersion };
  return {
    async describe(container, key) {
      const answer = await fetch(storageResource, url(container, key), { method: "HEAD", headers: version });
      if (answer.status === 404) return null;
      if (!answer.ok) throw failure("look at", container, key, answer, await errorCode(answer));
      return describedBy(answer, "x-ms-meta-");
    },
    async range(container, key, start, end) {
      const headers = { ...version, "x-ms-range": `bytes=${start}-${end - 1}` };
      const answer = await fetch(storageResource, url(container, key), { method: "GET", headers });
      if (answer.status !== 206) throw unread(container, key, answer, await errorCode(answer));
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

/** What the service calls its refusal. */
export async function errorCode(answer: Response): Promise<string> {
  const text = await answer.text();
  return answer.headers.get("x-ms-error-code") ?? /<Code>([^<]+)</.exec(text)?.[1] ?? "no code";
}

function unread(container: string, key: string, answer: Response, code: string): Error {
  const error = failure("read", container, key, answer, code);
  return code === "BlobNotFound" ? new MissingObject(error.message) : error;
}

export function failure(verb: string, container: string, key: string, answer: Response, code: string): Error {
  return new Error(`could not ${verb} ${container}/${key}: HTTP ${answer.status}, ${code}`);
}
