import type { DecoderOptions } from "../../functions/core/decoder.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import type { Decoded, Message } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";

export const { sha256 } = nodePorts;

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));

/** 2023-11-14T22:13:20Z. */
export const received = 1_700_000_000_000_000;

export function message(payload: Uint8Array | string, over: Partial<Message> = {}): Message {
  return {
    tenant: "acme",
    deviceId: "dev-1",
    channel: "telemetry",
    payload: typeof payload === "string" ? utf8(payload) : payload,
    receivedAt: received,
    position: "1:0",
    lane: "live",
    ...over,
  };
}

/** Decode with one profile bound to every device and channel. */
export function decodeWith(
  profile: Profile,
  messages: readonly Message[],
  options: Partial<DecoderOptions> = {},
): Decoded {
  const bindings = [{ devices: "*", channel: "*", profile: profile.name }];
  return createDecoder([profile], bindings, { ...nodePorts, ...options }).decode(messages);
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
