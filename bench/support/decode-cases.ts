/** The payloads of the decoding bench, and how ours reads them. */
import { createDecoder, type Decoder } from "../../functions/core/decoder.ts";
import { readCayenneLpp } from "../../functions/core/formats/cayenne-lpp.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import type { FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import { frameReader } from "../../functions/core/formats/raw-binary-read.ts";
import { readSenmlCbor } from "../../functions/core/formats/senml-cbor.ts";
import { readSenmlJson } from "../../functions/core/formats/senml-json.ts";
import { metricValue, type SparkplugValue } from "../../functions/core/formats/sparkplug-groups.ts";
import { readSparkplugPayload } from "../../functions/core/formats/sparkplug-payload.ts";
import type { Message } from "../../functions/core/model.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { readProfiles } from "../../profiles/read.ts";

/** Arrival of every message; the payloads' own times lie before it. */
const receivedAt = 1_732_530_005_000_000;
const utf8 = new TextEncoder();

export interface DecodeCase {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly profile: Profile;
  readonly channel: string;
  /** What "decode only" is: everything typed and scaled, no row. */
  read(payload: Uint8Array): unknown;
}

/** 12 values in 59 bytes, of the types that every Cayenne library knows. */
const lppPayload = Uint8Array.from(
  Buffer.from(
    "016700d7" +
      "026700e1" +
      "0367ffd7" +
      "046850" +
      "056862" +
      "06650190" +
      "076601" +
      "08732785" +
      "097104d2fb2e0000" +
      "0a86000afff60064" +
      "0b8806765ff2960a0003e8" +
      "0c0001",
    "hex",
  ),
);

/** 13 records: one with bases, twelve that go on from them. */
export const senmlRecords = [
  { bn: "urn:dev:ow:10e2073a01080063:", bt: 1_732_530_000, bu: "A", n: "current", v: 1.2 },
  ...Array.from({ length: 12 }, (_, index) => ({
    n: "current",
    t: index - 12,
    v: Number((1.3 + index / 10).toFixed(1)),
  })),
];

/** Sparkplug's metrics, typed, in an array. */
function readSparkplug(payload: Uint8Array): SparkplugValue[] {
  const { bytes, metrics } = readSparkplugPayload(payload);
  const values: SparkplugValue[] = [];
  for (let index = 0; index < metrics.length; index++)
    values.push(metricValue(bytes, metrics[index]!, metrics[index]!.datatype));
  return values;
}

/** The cases. @param encoded payloads that peers' encoders have made */
export async function decodeCases(encoded: {
  readonly birth: Uint8Array;
  readonly data: Uint8Array;
  readonly senmlCbor: Uint8Array;
}): Promise<DecodeCase[]> {
  const [imu, muse, lpp, senml, senmlCbor, node] = await readProfiles([
    "wearable-imu",
    "muse-v3",
    "tracker-lpp",
    "environment-senml",
    "environment-senml-cbor",
    "edge-node-sparkplug",
  ]);
  const imuLayout = imu?.format === "raw-binary" ? imu.layout! : unknown();
  const museLayout = muse?.format === "raw-binary" ? muse.variants!.cases[0]!.layout : unknown();
  const sample = { accel_x: 0.1, accel_y: 0.2, accel_z: 1, gyro_x: 1, gyro_y: 2, gyro_z: 3 };
  const header = {
    layout_version: 1,
    activity: "walking",
    sequence: 1,
    time: receivedAt / 1_000 - 500,
    sample_period: 0.1,
  };
  const museFrame = Uint8Array.from(
    Buffer.from(
      "b2b6645726470000feff0600faff0b001e00e2032b00c6f9de0080ff70ffa0ff3a0146000a00b3b6645726005362e85f0000aa373d100900000055000000",
      "hex",
    ),
  );
  const one = (
    name: string,
    profile: Profile | undefined,
    payload: Uint8Array,
    read: DecodeCase["read"],
    channel = "telemetry",
  ) => ({ name, profile: profile!, payload, read, channel }) satisfies DecodeCase;
  return [
    one("Cayenne LPP, 12 values, 59 B", lpp, lppPayload, readCayenneLpp),
    one("Cayenne LPP, 2 values, 8 B", lpp, lppPayload.subarray(0, 8), readCayenneLpp),
    one(
      `Sparkplug B birth, 10 metrics, ${encoded.birth.length} B`,
      node,
      encoded.birth,
      readSparkplug,
      "telemetry/NBIRTH",
    ),
    one(
      `Sparkplug B data, 1 metric, ${encoded.data.length} B`,
      node,
      encoded.data,
      readSparkplug,
      "telemetry/NDATA",
    ),
    one("SenML JSON, 13 records", senml, utf8.encode(JSON.stringify(senmlRecords)), readSenmlJson),
    one(`SenML CBOR, 13 records, ${encoded.senmlCbor.length} B`, senmlCbor, encoded.senmlCbor, readSenmlCbor),
    one(
      "frame of 4 IMU samples, 62 B",
      imu,
      encodeFrame(imuLayout, header, [sample, sample, sample, sample]),
      reader(imuLayout),
    ),
    one("frame of Muse v3, 23 values, 62 B", muse, museFrame, reader(museLayout)),
  ];
}

const reader = (layout: FrameLayout): DecodeCase["read"] => frameReader(layout).read;

function unknown(): never {
  throw new Error("bench: a profile is not what it was");
}

/** A decoder of all profiles, and the cases' messages. */
export function rowsOf(cases: readonly DecodeCase[]): { decoder: Decoder; messages: Message[] } {
  const profiles = [...new Map(cases.map(({ profile }) => [profile.name, profile])).values()];
  const bindings = profiles.map(({ name }) => ({ devices: `${name}-*`, channel: "*", profile: name }));
  const decoder = createDecoder(profiles, bindings, nodePorts);
  const messages = cases.map(({ profile, channel, payload }, index) => ({
    tenant: "bench",
    deviceId: `${profile.name}-1`,
    channel,
    payload,
    receivedAt,
    position: `bench:${index}`,
    lane: "live" as const,
  }));
  // Data need their birth.
  decoder.decode(messages);
  return { decoder, messages };
}

/** A birth as every deployment sees one, for peers that encode it. */
export const birthMetrics = [
  { name: "Node Control/Rebirth", type: "Boolean", value: false },
  { name: "Node Control/Next Server", type: "Boolean", value: false },
  { name: "Properties/Hardware Make", type: "String", value: "Raspberry Pi" },
  { name: "Inputs/Temperature", type: "Double", value: 21.5 },
  { name: "Inputs/Humidity", type: "Float", value: 40.25 },
  { name: "Inputs/Flow", type: "Int32", value: -1234 },
  { name: "Inputs/Cycles", type: "Int64", value: 123_456_789 },
  { name: "Inputs/State", type: "UInt16", value: 7 },
  { name: "Outputs/Pump", type: "Boolean", value: true },
  { name: "Outputs/Setpoint", type: "Double", value: 55.125 },
] as const;
