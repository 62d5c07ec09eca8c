import { createHandler } from "../../../functions/handlers/local.ts";
import type { Decoded, Message, Micros } from "../../../functions/core/model.ts";
import { wearableLayout } from "../../../fleet/start/plan.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { sampleFleet, type SampleDevice } from "../../../samples/fleet.ts";
import { sampleMessages, type SampleMaterial } from "../../../samples/messages.ts";
import { readRecording } from "../../../samples/recording.ts";
import type { TimedMessage } from "../../../samples/replay.ts";

/** 2026-11-24T00:00:00Z. */
export const testBase: Micros = 1_795_478_400_000_000;

const profiles = await readProfiles([...new Set(sampleFleet.map(({ profile }) => profile))]);
export const material: SampleMaterial = { recording: readRecording(), layout: wearableLayout(profiles) };

export const device = (id: string): SampleDevice => {
  const found = sampleFleet.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no sample device ${id}`);
  return found;
};

export const messagesOf = (id: string, base: Micros = testBase): TimedMessage[] =>
  sampleMessages(material, device(id), base);

/** Decodes with the handler that the site runs. Each message has a place of its own in the stream. */
export function decodeSamples(devices: readonly SampleDevice[], base: Micros = testBase): Decoded {
  const bindings = sampleFleet.map(({ id, profile }) => ({ devices: id, profile }));
  const handler = createHandler({ profiles, bindings, tenant: "test" });
  const messages = devices.flatMap(({ id }) =>
    messagesOf(id, base).map(({ channel, payload, time }, index): Message => ({
      tenant: "test",
      deviceId: id,
      channel,
      payload,
      receivedAt: time,
      position: `1:${id}:${index}`,
      lane: "live",
    })),
  );
  return handler.decode(messages);
}
