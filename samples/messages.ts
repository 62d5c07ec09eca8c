/** What each sample device sends: pure functions of the recording and a base time, the same bytes every time. */
import type { FrameLayout } from "../functions/core/formats/raw-binary-layout.ts";
import type { Micros } from "../functions/core/model.ts";
import type { SampleDevice } from "./fleet.ts";
import { imuFrames, samplesOfFrame } from "./imu-frames.ts";
import { sampleRate, type RecordedCase } from "./recording.ts";
import type { TimedMessage } from "./replay.ts";
import { measuredAt, senmlCbor, senmlJson, type SenmlPack } from "./senml.ts";
import {
  cayenneExamples,
  humiditySeries,
  machineRoom,
  thermostat,
  twoRooms,
  voltageAndCurrent,
} from "./standards.ts";
import { summarise, type SecondSummary } from "./summaries.ts";

/** What the messages are made from. */
export interface SampleMaterial {
  readonly recording: readonly RecordedCase[];
  /** The layout that the profile `wearable-imu` declares. */
  readonly layout: FrameLayout;
}

/** Cases that one person plays: one of each activity. */
const casesOfPerson = 4;
const telemetry = "telemetry";
const second = 1_000_000;

/** How long the whole fleet plays. */
export const recordingLength: Micros = casesOfPerson * 10 * second;

/**
 * All messages of a device in the order of sending. `base` is when the recording begins, in whole seconds: the last
 * message lies {@link recordingLength} later. Among them are repeats and bad messages, as in real life:
 * `wrist-03` sends a frame twice and `room-senml-01` a pack, as QoS 1 devices do when an acknowledgement is lost;
 * `wrist-10` sends a frame that was cut, `room-senml-02` a pack of a SenML version that does not exist yet, and
 * `tracker-lpp-01` a value of a type that nobody knows.
 */
export function sampleMessages(material: SampleMaterial, device: SampleDevice, base: Micros): TimedMessage[] {
  if (base % second !== 0) throw new RangeError(`base is ${base} µs, allowed: whole seconds`);
  const cases = device.cases.map((number) => {
    const found = material.recording.find((candidate) => candidate.number === number);
    if (found === undefined) throw new RangeError(`${device.id}: the recording has no case ${number}`);
    return found;
  });
  const people = Array.from({ length: cases.length / casesOfPerson }, (_, person) =>
    cases.slice(person * casesOfPerson, (person + 1) * casesOfPerson),
  );
  const generators: Record<string, () => TimedMessage[]> = {
    "wearable-imu": () => wearable(material.layout, device.id, cases, base),
    "environment-senml": () => room(device.id, summarise(people), base, senmlJson),
    "environment-senml-cbor": () => room(device.id, summarise(people), base, senmlCbor),
    "tracker-lpp": () => tracker(summarise(people), base),
    "machine-json": () => press(summarise(people), base),
  };
  const generate = generators[device.profile];
  if (generate === undefined)
    throw new RangeError(`${device.id}: no samples for the profile ${device.profile}`);
  return generate().toSorted((a, b) => a.time - b.time);
}

function wearable(
  layout: FrameLayout,
  deviceId: string,
  cases: readonly RecordedCase[],
  base: Micros,
): TimedMessage[] {
  // A frame is sent when its last sample was taken.
  const delay = ((samplesOfFrame - 1) / sampleRate) * second;
  const messages = imuFrames(layout, cases, base).map(({ bytes, time }) => ({
    channel: telemetry,
    payload: bytes,
    time: time + delay,
  }));
  const [repeated, cut] = [messages[10], messages[20]];
  if (deviceId === "wrist-03" && repeated !== undefined) messages.push(repeated);
  if (deviceId === "wrist-10" && cut !== undefined) {
    messages.push({ ...cut, payload: cut.payload.subarray(0, 41) });
  }
  return messages;
}

function room(
  deviceId: string,
  summaries: readonly SecondSummary[],
  base: Micros,
  encode: (pack: SenmlPack) => Uint8Array,
): TimedMessage[] {
  const at = (seconds: number, pack: SenmlPack): TimedMessage => ({
    channel: telemetry,
    payload: encode(pack),
    time: base + seconds * second,
  });
  const start = base / second;
  const messages = summaries.map(({ end, meanAcceleration, peakAcceleration, meanRotation }) =>
    at(end, [
      { bn: `${deviceId}:`, bt: start + end, n: "motion_mean", v: meanAcceleration },
      { n: "motion_peak", v: peakAcceleration },
      { n: "rotation_mean", v: meanRotation },
    ]),
  );
  const repeated = messages[10];
  if (deviceId === "room-senml-01") {
    if (repeated !== undefined) messages.push(repeated);
    messages.push(at(2, measuredAt(twoRooms, start + 2)), at(33, measuredAt(humiditySeries, start - 60)));
  }
  if (deviceId === "room-senml-02") {
    messages.push(at(3, measuredAt(machineRoom, start + 3)), at(4, measuredAt(thermostat, start + 4)));
    // RFC 8428, section 4.4: a pack of a later version than 10 must not be used.
    messages.push(at(5, [{ bver: 11, bn: `${deviceId}:`, bt: start + 5, n: "motion_mean", v: 1 }]));
  }
  if (deviceId === "room-cbor-01") messages.push(at(6, measuredAt(voltageAndCurrent, start + 6)));
  return messages;
}

/** Cayenne LPP has no time of its own: every frame begins with the value type unix time (133), on channel 0. */
function tracker(summaries: readonly SecondSummary[], base: Micros): TimedMessage[] {
  const at = (seconds: number, values: Uint8Array): TimedMessage => {
    const clock = Buffer.of(0, 133, 0, 0, 0, 0);
    clock.writeUInt32BE(base / second + seconds, 2);
    return { channel: telemetry, payload: Buffer.concat([clock, values]), time: base + seconds * second };
  };
  const example = (hex: string) => Buffer.from(hex, "hex");
  return [
    ...summaries.map(({ end, meanAcceleration, peakAcceleration }) =>
      at(end, Buffer.concat([analogInput(1, meanAcceleration), analogInput(2, peakAcceleration)])),
    ),
    at(2, example(cayenneExamples.twoTemperatures)),
    at(3, example(cayenneExamples.frost)),
    at(4, example(cayenneExamples.acceleration)),
    at(5, example(cayenneExamples.position)),
    at(6, Buffer.of(1, 0xff, 0xff)),
  ];
}

/** Cayenne LPP type 2: hundredths, 16 bits signed. */
function analogInput(channel: number, value: number): Buffer {
  const bytes = Buffer.of(channel, 2, 0, 0);
  bytes.writeInt16BE(Math.round(value * 100), 2);
  return bytes;
}

/** A press whose vibration follows the second wrist; it stands still while the person does. */
function press(summaries: readonly SecondSummary[], base: Micros): TimedMessage[] {
  return summaries.map(({ end, activity, meanAcceleration, strokes }, seq) => {
    const time = base + end * second;
    const running = activity !== "Standing";
    const state = running ? "pressing" : "idle";
    const text = JSON.stringify({
      seq,
      ts: time / 1000,
      vibration: meanAcceleration,
      cycles: strokes,
      state,
      running,
    });
    return { channel: telemetry, payload: Buffer.from(text), time };
  });
}
