/** Which files of the lake a batch of Event Grid's storage events is about. */

import { manifestFolder } from "./agreements.ts";
import { eventHubRecords } from "./core/envelopes/stream-records.ts";

/**
 * Keys below the container, each once. What is no `BlobCreated` of it is left out: the events come from a topic of the
 * whole account, and a batch must not fail for ever on one that says nothing to us.
 */
export function landedBlobs(events: unknown, container: string): string[] {
  const keys = eventHubRecords(events, {}).flatMap(({ data }) =>
    data === null ? [] : keysOf(data, container),
  );
  return [...new Set(keys)];
}

interface StorageEvent {
  readonly type?: unknown;
  readonly data?: { readonly url?: unknown } | null;
}

function keysOf(body: Uint8Array, container: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return [];
  }
  const list = (Array.isArray(parsed) ? parsed : [parsed]) as (StorageEvent | null)[];
  return list.flatMap((event) => {
    const url = event?.data?.url;
    if (event?.type !== "Microsoft.Storage.BlobCreated" || typeof url !== "string") return [];
    const begin = `${container}/`;
    if (!url.startsWith(begin) || url.startsWith(`${begin}${manifestFolder}/`)) return [];
    return [url.slice(begin.length).split("/").map(decodeURIComponent).join("/")];
  });
}
