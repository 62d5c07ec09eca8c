/**
 * A message that the environment itself puts into its stream about a device, such as a model's score. No device can make one:
 * what a device sends lies encoded within the envelope of its broker, which begins otherwise, and topics of these channels
 * are no device's.
 */

import { deviceIdPattern } from "../envelope.ts";
import { Fault, shown } from "../fault.ts";
import type { Lane } from "../model.ts";
import { decodeBase64 } from "../text.ts";
import { membersOf, opening, type Opened, type StreamPlace } from "./opened.ts";

/** How every one begins, byte by byte: brokers write none of these names. */
const mark = '{"fieldlake":1,';

/** What the environment says of a device. */
export interface OwnMessage {
  readonly deviceId: string;
  readonly channel: string;
  readonly lane: Lane;
  /** Base64. */
  readonly payload: string;
}

const channelPattern = /^scores\/[a-z0-9-]{1,40}\/[0-9a-f]{12}$/;

/** The record that {@link openOwnMessage} reads. */
export const ownRecord = ({ deviceId, channel, lane, payload }: OwnMessage): string =>
  `${mark}"device":"${deviceId}","channel":"${channel}","lane":"${lane}","payload":"${payload}"}`;

/** Null for a record of anybody else; what is wrong with one of ours is its fault. */
export function openOwnMessage(record: Uint8Array, place: StreamPlace): Opened | null {
  for (let index = 0; index < mark.length; index++) if (record[index] !== mark.charCodeAt(index)) return null;
  return opening(record, place, () => {
    const members = membersOf(record);
    const text = (name: string): string => members.get(name)?.text ?? "";
    const [deviceId, channel, lane] = [text("device"), text("channel"), text("lane")];
    if (!deviceIdPattern.test(deviceId) || !channelPattern.test(channel))
      throw new Fault("schema", `${shown(`${deviceId}/${channel}`)} is no device's score`);
    if (lane !== "live" && lane !== "offline") throw new Fault("schema", `${shown(lane)} is no lane`);
    const payload = decodeBase64(text("payload"));
    if (payload === null) throw new Fault("not-well-formed", "payload is no base64");
    return { message: { ...place, deviceId, channel, payload, lane }, fault: null };
  });
}
