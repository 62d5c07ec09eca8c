import type { AzureFetch } from "./azure-client.ts";
import { blobVersion, errorCode, storageResource } from "./blob.ts";
import { member, text } from "./listed-xml.ts";

export interface ListedBlob {
  readonly key: string;
  readonly bytes: number;
  /** When it came to lie there, milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** One level of a container, as folders and blobs. */
export interface BlobLevel {
  /** Prefixes that end with `/`. */
  readonly folders: readonly string[];
  readonly blobs: readonly ListedBlob[];
}

export interface BlobList {
  /** What begins with the prefix up to the next `/`. @param container its address */
  level(container: string, prefix: string): Promise<BlobLevel>;
  /** All blobs that begin with the prefix. */
  all(container: string, prefix: string): Promise<readonly ListedBlob[]>;
}

/** "List Blobs" (learn.microsoft.com/rest/api/storageservices/list-blobs): 5,000 a page, in XML. */
export function blobList(fetch: AzureFetch): BlobList {
  const list = async (container: string, prefix: string, delimiter: string): Promise<BlobLevel> => {
    const folders: string[] = [];
    const blobs: ListedBlob[] = [];
    let marker = "";
    do {
      const query = new URLSearchParams({ restype: "container", comp: "list", prefix });
      if (delimiter !== "") query.set("delimiter", delimiter);
      if (marker !== "") query.set("marker", marker);
      const answer = await fetch(storageResource, `${container}?${query}`, {
        method: "GET",
        headers: { "x-ms-version": blobVersion },
      });
      if (!answer.ok) {
        const code = await errorCode(answer);
        throw new Error(`could not list ${container}/${prefix}: HTTP ${answer.status}, ${code}`);
      }
      const xml = await answer.text();
      for (const [, folder = ""] of xml.matchAll(/<BlobPrefix><Name>([^<]*)<\/Name>/g))
        folders.push(text(folder));
      for (const [, blob = ""] of xml.matchAll(/<Blob>([^]*?)<\/Blob>/g)) {
        blobs.push({
          key: text(member(blob, "Name")),
          bytes: Number(member(blob, "Content-Length")),
          modifiedMs: Date.parse(member(blob, "Last-Modified")),
        });
      }
      marker = text(member(xml, "NextMarker"));
    } while (marker !== "");
    return { folders, blobs };
  };
  return {
    level: (container, prefix) => list(container, prefix, "/"),
    all: async (container, prefix) => (await list(container, prefix, "")).blobs,
  };
}
