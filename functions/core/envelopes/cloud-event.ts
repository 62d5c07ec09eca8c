/**
 * The envelope that an Event Grid namespace makes of a routed MQTT message: a CloudEvent 1.0 whose subject is the topic.
 * The payload is in `data_base64`, or as JSON in `data` where the sender said that it is text (MQTT 5 payload format
 * indicator, or JSON as content type). The sender's authenticated name comes by an enrichment of the routing,
 * `clientname` = `${client.authenticationName}`, the content type by `contenttype` = `${mqtt.message.contentType}`.
 * Sources: Microsoft Learn, "Event schema for MQTT routed messages", "Enrichments for MQTT routed messages".
 */

import { Fault } from "../fault.ts";
import { parseIsoTime } from "../normalise/iso-time.ts";
import { decodeBase64 } from "../text.ts";
import { addressed, membersOf, opening, type Opened, type StreamPlace } from "./opened.ts";

const utf8 = new TextEncoder();

/** Never throws: a record that is no such event comes with its fault. */
export function openCloudEvent(record: Uint8Array, place: StreamPlace): Opened {
  return opening(record, place, () => {
    const members = membersOf(record);
    const text = (name: string): string | null => members.get(name)?.text ?? null;
    const topic = text("subject");
    if (text("specversion") !== "1.0" || topic === null)
      throw new Fault("schema", "no CloudEvent 1.0 with a subject");
    const time = parseIsoTime(text("time") ?? "", null);
    const contentType = text("contenttype") ?? text("datacontenttype");
    const receivedAt = time?.micros ?? place.receivedAt;
    return addressed(payloadOf(members), topic, text("clientname"), { ...place, receivedAt }, contentType);
  });
}

function payloadOf(members: ReturnType<typeof membersOf>): Uint8Array {
  const encoded = members.get("data_base64");
  const data = members.get("data");
  if (encoded !== undefined && data !== undefined)
    throw new Fault("schema", "data and data_base64 in one event");
  if (encoded !== undefined) {
    const payload = encoded.text === null ? null : decodeBase64(encoded.text);
    if (payload === null) throw new Fault("not-well-formed", "data_base64 is no base64");
    return payload;
  }
  // A message without a payload has neither. A text stands for itself: it is how a payload that is no JSON travels.
  return utf8.encode(data === undefined ? "" : (data.text ?? data.source));
}
