/** Messages of an edge node that the tests of Sparkplug B share. */

import { createDecoder, type Decoder } from "../../functions/core/decoder.ts";
import type { Decoded, Message } from "../../functions/core/model.ts";
import type { SparkplugProfile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { encodeSparkplug, type PlainMetric } from "./sparkplug-encode.ts";
import { message, received } from "./support.ts";

export const now = received / 1_000;
export const profile: SparkplugProfile = {
  name: "cell",
  version: "1",
  description: "d",
  format: "sparkplug-b",
  rename: { "Motor/Speed": "speed" },
  units: { "Motor/Speed": "1/min" },
};
export const decoderOf = (over: Partial<SparkplugProfile> = {}): Decoder =>
  createDecoder([{ ...profile, ...over }], [{ devices: "*", profile: "cell" }], nodePorts);

export const int32 = 3;
export const double = 10;
export const speed: PlainMetric = { name: "Motor/Speed", alias: 7, datatype: double, doubleValue: 1000 };
export const temperature: PlainMetric = {
  name: "Oven/Temp",
  alias: 8,
  datatype: int32,
  intValue: 20,
  properties: { keys: ["engUnit"], values: [{ type: 12, stringValue: "Cel" }] },
};
export const bdSeq = (number: number): PlainMetric => ({ name: "bdSeq", datatype: 8, longValue: number });

export function sent(
  kind: string,
  seq: number,
  metrics: readonly PlainMetric[],
  over: Partial<Message> = {},
): Message {
  const channel = kind === "" ? "telemetry" : `telemetry/${kind}`;
  return message(encodeSparkplug({ timestamp: now, seq, metrics }), {
    channel,
    position: `1:${kind}:${seq}`,
    ...over,
  });
}
export const birth = sent("NBIRTH", 0, [bdSeq(3), speed, temperature]);
export const values = ({ readings }: Decoded) =>
  readings.map(({ metric, valueDouble, valueInt, valueBool, valueText }) => [
    metric,
    valueDouble ?? valueInt ?? valueBool ?? valueText,
  ]);
