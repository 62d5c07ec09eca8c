/**
 * What a feed sends, and what must be in the lake afterwards: the messages of every sample device, decoded here by
 * the same core that decodes them there.
 */
import { createHandler } from "../../functions/handlers/local.ts";
import type { FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import type { Decoded, Message, Micros } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";
import { sampleFleet, type SampleDevice } from "../../samples/fleet.ts";
import { sampleMessages, type SampleMaterial } from "../../samples/messages.ts";
import { readRecording } from "../../samples/recording.ts";
import type { TimedMessage } from "../../samples/replay.ts";

/** What one message becomes. */
export interface PlannedMessage extends TimedMessage {
  readonly outcome: "stored" | "quarantined";
  /** Hex of the `msg_id`; `null` where only the place in the stream tells the message from an equal one. */
  readonly id: string | null;
  /** Rows in all tables. */
  readonly rows: number;
  /** Of the profile that decodes it. */
  readonly codecVersion: string;
}

export interface PlannedDevice {
  readonly device: SampleDevice;
  readonly messages: readonly PlannedMessage[];
}

/** Reads recording and profiles; the same base gives the same plan. */
export async function planFeed(base: Micros): Promise<readonly PlannedDevice[]> {
  const profiles = await readProfiles([...new Set(sampleFleet.map(({ profile }) => profile))]);
  const material: SampleMaterial = { recording: readRecording(), layout: wearableLayout(profiles) };
  const bindings = sampleFleet.map(({ id, profile }) => ({ devices: id, profile }));
  const handler = createHandler({ profiles, bindings, tenant: "plan" });
  const decode = (device: SampleDevice, message: TimedMessage, position: string): Decoded => {
    const arrived: Message = {
      tenant: "plan",
      deviceId: device.id,
      channel: message.channel,
      payload: message.payload,
      receivedAt: message.time,
      position,
      lane: "live",
    };
    return handler.decode([arrived]);
  };
  return sampleFleet.map((device) => ({
    device,
    messages: sampleMessages(material, device, base).map((message) => {
      const decoded = decode(device, message, "here");
      const id = messageId(decoded);
      const [first] = [...decoded.readings, ...decoded.frames, ...decoded.quarantined];
      return {
        ...message,
        outcome: decoded.quarantined.length > 0 ? ("quarantined" as const) : ("stored" as const),
        id: id === messageId(decode(device, message, "elsewhere")) ? id : null,
        rows: decoded.readings.length + decoded.frames.length,
        codecVersion: first?.codecVersion ?? "",
      };
    }),
  }));
}

function messageId({ readings, frames, quarantined }: Decoded): string {
  const [first] = [...readings, ...frames, ...quarantined];
  return first === undefined ? "" : Buffer.from(first.msgId).toString("hex");
}

export function wearableLayout(profiles: readonly Profile[]): FrameLayout {
  const profile = profiles.find(({ name }) => name === "wearable-imu");
  if (profile?.format !== "raw-binary" || !profile.layout)
    throw new Error("profiles/wearable-imu declares no frame layout");
  return profile.layout;
}
