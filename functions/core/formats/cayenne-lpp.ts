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
/** Degrees and metres. */
export interface LppPosition {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude: number;
}

/** One value of a frame, in the unit of the type's table. */
export interface LppValue {
  readonly channel: number;
  readonly type: number;
  readonly value: number | LppAxes | LppColour | LppPosition;
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
    const size = scalar ? scalar.size : sizeOfGroup(type, at - 1);
    if (at + size > length)
      throw new Fault("not-well-formed", `frame of ${length} bytes ends inside type ${type}`);
    const value = scalar ? readScalar(bytes, at, scalar) : readGroup(bytes, at, type);
    values.push({ channel, type, value });
    at += size;
  }
  return values;
}

function sizeOfGroup(type: number, at: number): number {
  if (type === lppType.accelerometer || type === lppType.gyrometer) return 6;
  if (type === lppType.gps) return 9;
  if (type === lppType.colour) return 3;
  throw new Fault("unknown-type", `unknown data type 0x${type.toString(16)} at byte ${at}`);
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

function readGroup(bytes: Uint8Array, at: number, type: number): LppAxes | LppColour | LppPosition {
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
  value: LppAxes | LppColour | LppPosition,
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
  } else {
    const turning = type === lppType.gyrometer;
    const name = metric ?? (turning ? "angular_velocity" : "acceleration");
    const unit = turning ? "deg/s" : "m/s2";
    const factor = turning ? 1 : standardGravity;
    rows.double(channel, `${name}_x`, unit, value.x * factor);
    rows.double(channel, `${name}_y`, unit, value.y * factor);
    rows.double(channel, `${name}_z`, unit, value.z * factor);
  }
}
