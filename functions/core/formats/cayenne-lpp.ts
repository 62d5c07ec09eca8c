/** Cayenne Low Power Payload: channel, type, value, again and again. */

import { Fault } from "../fault.ts";
import type { Message } from "../model.ts";
import { standardGravity } from "../normalise/units.ts";
import type { CayenneLppProfile } from "../profiles/profile.ts";
import type { MessageRows } from "../rows.ts";
import type { LppType } from "./cayenne-lpp-types.ts";
import { lppScalars, lppType } from "./cayenne-lpp-types.ts";
import type { MessageDecoder } from "./format.ts";

/** Three axes: accelerometer in g, gyrometer in degrees a second. */
export interface LppAxes {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
/** Red, green, blue, 0-255 each. */
export interface LppColour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}
/** Degrees. */
export interface LppPoint {
  readonly latitude: number;
  readonly longitude: number;
}
/** Degrees and metres. */
export interface LppPosition extends LppPoint {
  readonly altitude: number;
}

type LppGroup = LppAxes | LppColour | LppPosition | readonly LppPoint[];

/** One value of a frame, in the unit of the type's table. */
export interface LppValue {
  readonly channel: number;
  readonly type: number;
  readonly value: number | LppGroup;
}

const scalars = new Array<LppType | null>(256).fill(null);
for (const entry of lppScalars) scalars[entry.type] = entry;

/**
 * The values of a frame in order; the same channel and type may come twice.
 * Throws a {@link Fault}: values carry no length, so behind an unknown type or inside a cut value nothing can
 * be told apart any more, and the frame is refused as a whole.
 */
export function readCayenneLpp(bytes: Uint8Array): LppValue[] {
  const values: LppValue[] = [];
  const { length } = bytes;
  let at = 0;
  while (at < length) {
    if (at + 2 > length) throw new Fault("not-well-formed", `frame of ${length} bytes ends behind a channel`);
    const channel = bytes[at]!;
    const type = bytes[at + 1]!;
    at += 2;
    const scalar = scalars[type];
    const size = scalar ? scalar.size : sizeOfGroup(bytes, at, type);
    if (at + size > length)
      throw new Fault("not-well-formed", `frame of ${length} bytes ends inside type ${type}`);
    const value = scalar ? readScalar(bytes, at, scalar) : readGroup(bytes, at, type, at + size);
    values.push({ channel, type, value });
    at += size;
  }
  return values;
}

function sizeOfGroup(bytes: Uint8Array, at: number, type: number): number {
  if (type === lppType.accelerometer || type === lppType.gyrometer) return 6;
  if (type === lppType.gps) return 9;
  if (type === lppType.colour) return 3;
  // The only type that says how long it is, with the byte that does.
  if (type === lppType.polyline) return bytes[at] ?? 1;
  throw new Fault("unknown-type", `unknown data type 0x${type.toString(16)} at byte ${at - 1}`);
}

function readScalar(bytes: Uint8Array, at: number, { size, signed, divisor }: LppType): number {
  let raw: number;
  if (size === 2) {
    raw = (bytes[at]! << 8) | bytes[at + 1]!;
    if (signed) raw = (raw << 16) >> 16;
  } else if (size === 1) {
    raw = bytes[at]!;
  } else {
    raw = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }
  // Division, not multiplication by 0.1: the quotient is the nearest double to the decimal that was meant.
  return divisor === 1 ? raw : raw / divisor;
}

function readGroup(bytes: Uint8Array, at: number, type: number, end: number): LppGroup {
  if (type === lppType.polyline) return readPolyline(bytes, at, end);
  if (type === lppType.gps) {
    return {
      latitude: signed24(bytes, at) / 10_000,
      longitude: signed24(bytes, at + 3) / 10_000,
      altitude: signed24(bytes, at + 6) / 100,
    };
  }
  if (type === lppType.colour) return { r: bytes[at]!, g: bytes[at + 1]!, b: bytes[at + 2]! };
  const divisor = type === lppType.accelerometer ? 1_000 : 100;
  return {
    x: signed16(bytes, at) / divisor,
    y: signed16(bytes, at + 2) / divisor,
    z: signed16(bytes, at + 4) / divisor,
  };
}

/**
 * A way (ElectronicCats/CayenneLPP, CayenneLPPPolyline): length, code of the step in 0.0001 degrees, the first point in
 * steps, and then four bits of latitude and four of longitude a point, from the point before.
 */
function readPolyline(bytes: Uint8Array, at: number, end: number): LppPoint[] {
  const code = bytes[at + 1]!;
  const place = code - 227;
  const step =
    code < 200 ? code : place >= 0 && place < 13 ? [1, 2, 5][place % 3]! * 10 ** ((place / 3) | 0) : 0;
  if (end - at < 8 || step === 0)
    throw new Fault("value-range", `a polyline of ${end - at} bytes in steps of code ${code}`);
  let latitude = signed24(bytes, at + 2);
  let longitude = signed24(bytes, at + 5);
  const points: LppPoint[] = [];
  for (let next = at + 8; ; next++) {
    points.push({ latitude: (latitude * step) / 10_000, longitude: (longitude * step) / 10_000 });
    if (next >= end) return points;
    latitude += (bytes[next]! << 28) >> 28;
    longitude += (bytes[next]! << 24) >> 28;
  }
}

function signed16(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16)) >> 16;
}

function signed24(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

const channelNames = Array.from({ length: 256 }, (_, channel) => String(channel));

export function cayenneLppDecoder(profile: CayenneLppProfile): MessageDecoder {
  const rename = channelNames.map((channel) => profile.rename?.[channel] ?? null);
  const timed = profile.unixTimeIsEventTime === true;

  return (message: Message, rows: MessageRows) => {
    const values = readCayenneLpp(message.payload);
    const clock = timed ? values.find(({ type }) => type === lppType.unixTime) : undefined;
    const time = clock === undefined ? null : (clock.value as number) * 1_000_000;
    rows.identify(null, time);
    if (time !== null) rows.time.device(time, null);
    for (let index = 0; index < values.length; index++) {
      const { channel, type, value } = values[index]!;
      const subDevice = channelNames[channel]!;
      const scalar = scalars[type];
      if (!scalar) writeGroup(rows, subDevice, rename[channel] ?? null, type, value as LppAxes);
      else if (scalar.whole)
        rows.integer(subDevice, rename[channel] ?? scalar.name, scalar.unit, value as number);
      else rows.double(subDevice, rename[channel] ?? scalar.name, scalar.unit, value as number);
    }
  };
}

function writeGroup(
  rows: MessageRows,
  channel: string,
  metric: string | null,
  type: number,
  value: LppGroup,
): void {
  if ("latitude" in value) {
    const prefix = metric === null ? "" : `${metric}_`;
    rows.double(channel, `${prefix}latitude`, "lat", value.latitude);
    rows.double(channel, `${prefix}longitude`, "lon", value.longitude);
    rows.double(channel, `${prefix}altitude`, "m", value.altitude);
  } else if ("r" in value) {
    const name = metric ?? "colour";
    rows.integer(channel, `${name}_red`, null, value.r);
    rows.integer(channel, `${name}_green`, null, value.g);
    rows.integer(channel, `${name}_blue`, null, value.b);
  } else if ("x" in value) {
    const turning = type === lppType.gyrometer;
    const name = metric ?? (turning ? "angular_velocity" : "acceleration");
    const unit = turning ? "deg/s" : "m/s2";
    const factor = turning ? 1 : standardGravity;
    rows.double(channel, `${name}_x`, unit, value.x * factor);
    rows.double(channel, `${name}_y`, unit, value.y * factor);
    rows.double(channel, `${name}_z`, unit, value.z * factor);
  } else {
    value.forEach(({ latitude, longitude }, index) => {
      const name = `${metric ?? "polyline"}_${index}`;
      rows.double(channel, `${name}_latitude`, "lat", latitude);
      rows.double(channel, `${name}_longitude`, "lon", longitude);
    });
  }
}
