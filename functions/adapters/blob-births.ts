import { createHash } from "node:crypto";
import type { BirthStore, KeptNode } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";
import { blobVersion, errorCode, storageResource } from "./blob.ts";
import { inTurns } from "./in-turns.ts";

/** Requests under way at the same time. */
const parallel = 32;
const maximumBytes = 4 << 20;

/**
 * Edge nodes in a container, a blob each; their ETag is the revision. Failures are Errors that name the container.
 * @param container its address, `https://<account>.blob…/<container>`
 */
export function birthBlobs(fetch: AzureFetch, container: string): BirthStore {
  // A device's id may be what a path takes for something else.
  const call = (deviceId: string, init: RequestInit) =>
    fetch(storageResource, `${container}/${createHash("sha256").update(deviceId).digest("hex")}`, {
      ...init,
      headers: { ...init.headers, "x-ms-version": blobVersion },
    });
  const failure = async (verb: string, answer: Response): Promise<Error> =>
    new Error(
      `could not ${verb} the births in ${container}: HTTP ${answer.status}, ${await errorCode(answer)}`,
    );
  const revisionOf = ({ headers }: Response): string => headers.get("etag") ?? "";
  return {
    maximumBytes,
    async load(deviceIds) {
      const kept = new Map<string, KeptNode>();
      const read = async (deviceId: string): Promise<void> => {
        const answer = await call(deviceId, { method: "GET" });
        if (answer.status === 404 && (await errorCode(answer.clone())) === "BlobNotFound") return;
        if (!answer.ok) throw await failure("read", answer);
        const bytes = new Uint8Array(await answer.arrayBuffer());
        kept.set(deviceId, { revision: revisionOf(answer), bytes });
      };
      await inTurns(
        deviceIds.map((deviceId) => () => read(deviceId)),
        parallel,
      );
      return kept;
    },
    async keep(deviceId, bytes, former) {
      const answer = await call(deviceId, {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "x-ms-blob-type": "BlockBlob",
          "Content-MD5": createHash("md5").update(bytes).digest("base64"),
          ...(former === null ? { "If-None-Match": "*" } : { "If-Match": former }),
        },
      });
      if (answer.ok) return revisionOf(answer);
      // 409: a blob that was to be new is there; 412: another has written it.
      const code = await errorCode(answer.clone());
      if (code === "BlobAlreadyExists" || code === "ConditionNotMet") return null;
      throw await failure("write", answer);
    },
  };
}
