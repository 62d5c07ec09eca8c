/** A stream of many devices and formats, the same every time, as every host and the file lane are given it. */
import { gzipSync } from "node:zlib";
import type { Message } from "../../functions/core/model.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";
import { fuzzTargets, hostile, Random, type Target } from "../fuzz/inputs.ts";
import { encodeSparkplug, type PlainMetric } from "./sparkplug-encode.ts";

/** Milliseconds: the arrival of all of it, so that a file that is uploaded whole has the same; just behind the golden vectors. */
export const arrival = Date.UTC(2024, 10, 25, 10, 20, 5);

export interface MixedStream {
  readonly profiles: readonly Profile[];
  readonly bindings: readonly Binding[];
  /** In the order of their arrival. */
  readonly messages: readonly Message[];
}

/** Devices of a format. */
const devices = 5;
const utf8 = new TextEncoder();
const text = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value));

type Make = (random: Random, number: number, device: number) => { channel: string; payload: Uint8Array };

/** Formats in which a file is a line a message; a hostile line must stay one. */
const lines: ReadonlySet<string> = new Set(["json", "ndjson", "senml-json", "opcua-json", "csv"]);

export async function mixedStream(count: number): Promise<MixedStream> {
  const named = [
    "tracker-lpp",
    "wearable-imu",
    "environment-senml",
    "edge-node-sparkplug",
    "machine-json",
    "soil-lorawan",
  ];
  const targets = (await fuzzTargets()).filter(
    ({ profile: { format } }) => format !== "raw-binary" && format !== "csv",
  );
  const read = await readProfiles(named);
  const others = targets.map(({ profile }) => profile).filter(({ name }) => !named.includes(name));
  // What has neither counter nor time is named by its place in a stream, and no two hosts give it the same one.
  const profiles = [...read, ...others].map((profile) =>
    profile.format === "raw-binary" || profile.format === "sparkplug-b"
      ? profile
      : { ...profile, identity: "content" as const },
  );
  const makers = makersOf(read);
  const random = new Random(20261121);
  const messages: Message[] = [];
  for (let number = 0; messages.length < count; number++) {
    const place = random.below(100);
    const device = random.below(devices);
    const maker = makers.find(({ below }) => place < below);
    const made = maker
      ? { profile: maker.profile, ...maker.make(random, number, device) }
      : odd(targets, random);
    if (made === null) continue;
    messages.push({
      tenant: "acme",
      deviceId: `${made.profile}-${device}`,
      channel: made.channel,
      payload: made.payload,
      receivedAt: arrival * 1_000,
      position: `mixed:${number}`,
      lane: "live",
    });
    // A repeat by QoS 1, now and then.
    if (random.below(50) === 0 && messages.length < count) messages.push(messages.at(-1)!);
  }
  const bindings = profiles.map(({ name }) => ({ devices: `${name}-?`, channel: "*", profile: name }));
  return { profiles, bindings, messages };
}

/** Golden vectors and hostile payloads of every other format. */
function odd(targets: readonly Target[], random: Random) {
  const { profile, seeds } = random.one(targets);
  const { payload, channel } = random.below(3) === 0 ? random.one(seeds) : hostile(seeds, random);
  if (payload.length === 0 || payload.length > 20_000) return null;
  if (profile.format === "kura" && random.below(2) === 0)
    return { profile: profile.name, payload: new Uint8Array(gzipSync(payload)), channel };
  if (lines.has(profile.format) && payload.some((byte) => byte === 0x0a || byte === 0x0d)) return null;
  return { profile: profile.name, payload, channel };
}

/**
 * What a Sparkplug node sends next: data that no birth has come for, births of the node and of a robot behind it, data by
 * alias, and every so often both births again, in which the robot's comes late.
 */
function sparkplugMessage(random: Random, sent: number): { kind: string; metrics: PlainMetric[] } {
  const speed = { name: "Motor/Speed", alias: 7, datatype: 10, doubleValue: 1 };
  const born = { kind: "NBIRTH", metrics: [speed] };
  const robotBorn = { kind: "DBIRTH.robot", metrics: [{ ...speed, name: "Arm/Torque" }] };
  // Every eleventh of an alias that no birth has declared: no-birth.
  const alias = random.below(11) === 0 ? 9 : 7;
  const metrics = [{ alias, doubleValue: random.below(10_000) / 10 }];
  if (sent % 100 === 2) return born;
  if (sent % 100 === 5) return robotBorn;
  return { kind: random.below(4) === 0 || sent % 100 === 3 ? "DDATA.robot" : "NDATA", metrics };
}

/** Shares of a hundred: 35 LPP, 20 frames, 12 SenML, 15 Sparkplug, 6 JSON, 4 TS013; what is left is odd. */
function makersOf(profiles: readonly Profile[]): { profile: string; below: number; make: Make }[] {
  const imu = profiles.find(({ name }) => name === "wearable-imu");
  if (imu?.format !== "raw-binary" || !imu.layout) throw new Error("the profile is another");
  const { layout } = imu;
  /** Messages that a node has sent. */
  const nodes = new Map<number, number>();
  const bytes = (random: Random, length: number): number[] => Array.from({ length }, () => random.below(256));
  return [
    {
      profile: "tracker-lpp",
      below: 35,
      make: (random) => ({
        channel: "telemetry",
        payload: Uint8Array.from([
          1,
          0x67,
          ...bytes(random, 2),
          2,
          0x71,
          ...bytes(random, 6),
          3,
          0x68,
          random.below(200),
        ]),
      }),
    },
    {
      profile: "wearable-imu",
      below: 55,
      make: (random, number) => {
        const axis = (): number => random.below(1_000) / 1_000;
        const sample = () => ({
          accel_x: axis(),
          accel_y: axis(),
          accel_z: axis(),
          gyro_x: 1,
          gyro_y: 2,
          gyro_z: axis(),
        });
        const header = {
          layout_version: 1,
          activity: "walking",
          sequence: number % 65_536,
          time: arrival - 1_000,
          sample_period: 0.02,
        };
        return {
          channel: "telemetry/imu",
          payload: encodeFrame(layout, header, [sample(), sample(), sample(), sample()]),
        };
      },
    },
    {
      profile: "environment-senml",
      below: 67,
      make: (random, number) => ({
        channel: "telemetry",
        payload: text([
          {
            bn: "urn:dev:ow:10e2073a01080063:",
            bt: arrival / 1_000 - (number % 600),
            n: "temperature",
            u: "Cel",
            v: random.below(400) / 10,
          },
          { n: "humidity", u: "%RH", v: random.below(100), t: -1 },
        ]),
      }),
    },
    {
      profile: "edge-node-sparkplug",
      below: 82,
      make: (random, number, device) => {
        const sent = nodes.get(device) ?? 0;
        nodes.set(device, sent + 1);
        const { kind, metrics } = sparkplugMessage(random, sent);
        const timestamp = arrival - 10_000 + number;
        const seq = kind === "NBIRTH" ? 0 : sent % 256;
        return { channel: `telemetry/${kind}`, payload: encodeSparkplug({ timestamp, seq, metrics }) };
      },
    },
    {
      profile: "soil-lorawan",
      below: 86,
      make: (random, number) => ({
        channel: "telemetry",
        payload: text({
          time: new Date(arrival - random.below(5_000)).toISOString(),
          deviceInfo: { devEui: "0102030405060708" },
          fCnt: number,
          fPort: 2,
          data: Buffer.from([1, 0x0c, ...bytes(random, 1 + 4 * (1 + random.below(4)))]).toString("base64"),
        }),
      }),
    },
    {
      profile: "machine-json",
      below: 92,
      make: (random, number) => ({
        channel: "telemetry",
        payload: text({
          seq: number,
          ts: arrival - random.below(5_000),
          temperature: random.below(900) / 10,
          state: "on",
        }),
      }),
    },
  ];
}
