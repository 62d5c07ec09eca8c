/**
 * The envelope that an AWS IoT rule makes: topic and client are lost unless its SQL adds them, and a rule's Lambda action
 * takes no binary at all. The rule is
 *
 *     SELECT encode(*, 'base64') AS b, topic() AS t, clientid() AS c, timestamp() AS ts FROM 'devices/#'
 *
 * Source: AWS IoT Core developer guide, "AWS IoT SQL reference" and "Working with binary payloads".
 */

import { Fault, shown } from "../fault.ts";
import { decodeBase64 } from "../text.ts";
import { addressed, membersOf, opening, type Opened, type StreamPlace } from "./opened.ts";

/** Never throws: a record that is no such envelope comes with its fault. */
export function openIotRule(record: Uint8Array, place: StreamPlace): Opened {
  return opening(record, place, () => {
    const members = membersOf(record);
    const topic = members.get("t")?.text;
    const encoded = members.get("b")?.text;
    const client = members.get("c")?.text;
    if (typeof topic !== "string" || typeof encoded !== "string" || typeof client !== "string")
      throw new Fault("schema", "the envelope has no b, t and c");
    const payload = decodeBase64(encoded);
    if (payload === null) throw new Fault("not-well-formed", `b is no base64: ${shown(encoded)}`);
    const milliseconds = Number(members.get("ts")?.source ?? NaN);
    const receivedAt = Number.isSafeInteger(milliseconds) ? milliseconds * 1_000 : place.receivedAt;
    return addressed(payload, topic, client, { ...place, receivedAt }, null);
  });
}
