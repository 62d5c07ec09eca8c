/**
 * What AWS IoT's rules engine says of a message that it could not hand on: the message is in it, as it was published.
 * Source: AWS IoT Core developer guide, "Error handling (error action)".
 */

import { Fault, shown } from "../fault.ts";
import { decodeBase64 } from "../text.ts";
import { addressed, membersOf, opening, type Opened, type StreamPlace } from "./opened.ts";

/** Never throws: a record that is no such message comes with its fault. */
export function openRuleError(record: Uint8Array, place: StreamPlace): Opened {
  return opening(record, place, () => {
    const members = membersOf(record);
    const topic = members.get("topic")?.text;
    const client = members.get("clientId")?.text;
    const encoded = members.get("base64OriginalPayload")?.text;
    if (typeof topic !== "string" || typeof encoded !== "string" || typeof client !== "string")
      throw new Fault("schema", "the rule's error has no topic, clientId and base64OriginalPayload");
    const payload = decodeBase64(encoded);
    if (payload === null)
      throw new Fault("not-well-formed", `base64OriginalPayload is no base64: ${shown(encoded)}`);
    return addressed(payload, topic, client, place, null);
  });
}
