import { BodyReader, isTopicFilter } from "./guard-text.ts";

export interface SubscribePacket {
  readonly id: number;
  readonly requests: readonly { readonly filter: string; readonly qos: 0 | 1 | 2 }[];
}

export interface UnsubscribePacket {
  readonly id: number;
  readonly filters: readonly string[];
}

/** Section 3.8. */
export function readSubscribe(bytes: Buffer, start: number, end: number): SubscribePacket {
  const reader = new BodyReader("SUBSCRIBE", bytes, start, end);
  const id = reader.packetId();
  const requests: { filter: string; qos: 0 | 1 | 2 }[] = [];
  do {
    if (reader.isAtEnd) throw reader.malformed("no topic filter [MQTT-3.8.3-3]");
    const filter = readFilter(reader);
    const qos = reader.byte();
    if (qos > 2) throw reader.malformed("reserved bits in the requested QoS [MQTT-3.8.3-4]");
    requests.push({ filter, qos: qos as 0 | 1 | 2 });
  } while (!reader.isAtEnd);
  return { id, requests };
}

/** Section 3.10. */
export function readUnsubscribe(bytes: Buffer, start: number, end: number): UnsubscribePacket {
  const reader = new BodyReader("UNSUBSCRIBE", bytes, start, end);
  const id = reader.packetId();
  const filters: string[] = [];
  do {
    if (reader.isAtEnd) throw reader.malformed("no topic filter [MQTT-3.10.3-2]");
    filters.push(readFilter(reader));
  } while (!reader.isAtEnd);
  return { id, filters };
}

function readFilter(reader: BodyReader): string {
  const filter = reader.text();
  if (!isTopicFilter(filter)) throw reader.malformed("an impossible topic filter [MQTT-4.7.1-2, 4.7.1-3]");
  return filter;
}
