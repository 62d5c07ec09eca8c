/** Messages of a cloud's raw zone, as the decoder had them: the same places in the stream, and so the same ids. */
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import { hourFolder, hourOf } from "../core/instant.ts";
import type { Message, Micros } from "../core/model.ts";

export const hourMicros = 3_600_000_000;
const line = z.object({
  device_id: z.string(),
  channel: z.string(),
  received_at: z.iso.datetime({ precision: 6 }),
  position: z.string(),
  content_type: z.string().optional(),
  payload: z.base64(),
});

/** Where messages lie that came as they happened. */
export const liveFolder = "live/";

/** Hours of arrival that have files below a folder of a container and may have some of [from, to), in order. */
export async function hoursOf(
  container: string,
  below: string,
  from: Micros,
  to: Micros,
  list: BlobList,
): Promise<Micros[]> {
  const hours: Micros[] = [];
  for (const day of (await list.level(container, below)).folders) {
    const start = Date.parse(`${/\/dt=([^/]+)\/$/.exec(day)?.[1] ?? ""}T00:00:00Z`) * 1_000;
    if (!(start < to && start + 24 * hourMicros > from)) continue;
    for (const folder of (await list.level(container, day)).folders) {
      const hour = start + Number(/\/hr=(\d\d)\/$/.exec(folder)?.[1]) * hourMicros;
      if (hour < to && hour + hourMicros > from) hours.push(hour);
    }
  }
  return hours.toSorted((one, other) => one - other);
}

/** Objects of an hour's arrivals, in the order of their names. */
export async function rawObjects(container: string, hour: Micros, list: BlobList): Promise<ListedBlob[]> {
  const found = await list.all(container, `${liveFolder}${hourFolder(hourOf(hour))}/`);
  return found
    .filter(({ key }) => key.endsWith(".ndjson.gz"))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Of one object; lines that are none are counted. Bytes that are no gzip are one. */
export function readRaw(
  bytes: Uint8Array,
  tenant: string,
): { readonly messages: Message[]; readonly damaged: number } {
  let text: string;
  try {
    text = gunzipSync(bytes).toString("utf8");
  } catch {
    return { messages: [], damaged: 1 };
  }
  const messages: Message[] = [];
  let damaged = 0;
  for (const one of text.split("\n")) {
    if (one === "") continue;
    const parsed = line.safeParse(jsonOf(one));
    if (!parsed.success) {
      damaged++;
      continue;
    }
    const { device_id, channel, received_at, position, content_type, payload } = parsed.data;
    messages.push({
      ...{ tenant, deviceId: device_id, channel, position, lane: "live" },
      receivedAt: microsOf(received_at),
      payload: Buffer.from(payload, "base64"),
      ...(content_type === undefined ? {} : { contentType: content_type }),
    });
  }
  return { messages, damaged };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of six digits of fraction, which a Date has three of. */
const microsOf = (iso: string): Micros =>
  Date.parse(`${iso.slice(0, 23)}Z`) * 1_000 + Number(iso.slice(23, 26));
