import { createHash } from "node:crypto";
import type { ObjectStore } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";

export const blobVersion = "2024-11-04";
export const storageResource = "https://storage.azure.com";

/**
 * Blobs of containers, each given by its address (`https://<account>.blob…/<container>`): created once, with a checksum
 * that the service verifies.
 */
export function blobObjects(fetch: AzureFetch): ObjectStore {
  const url = (container: string, key: string): string =>
    `${container}/${key.split("/").map(encodeURIComponent).join("/")}`;
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
      if (!answer.ok) throw failure("read", container, key, answer, await errorCode(answer));
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

/** What the service calls its refusal. */
export async function errorCode(answer: Response): Promise<string> {
  const text = await answer.text();
  return answer.headers.get("x-ms-error-code") ?? /<Code>([^<]+)</.exec(text)?.[1] ?? "no code";
}

function failure(verb: string, container: string, key: string, answer: Response, code: string): Error {
  return new Error(`could not ${verb} ${container}/${key}: HTTP ${answer.status}, ${code}`);
}
