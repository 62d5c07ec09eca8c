/** Payloads of Eclipse Kura to rows; gzip around them where the sender compresses. */

import { Fault, toFault } from "../fault.ts";
import type { KuraProfile } from "../profiles/profile.ts";
import type { TreeValue } from "../tree.ts";
import type { FormatPorts, MessageDecoder } from "./format.ts";
import { kuraPlaces, readKura } from "./kura-read.ts";
import { Namer } from "./namer.ts";

/** What a payload may uncompress to: sixteen times what an uncompressed one may be. */
export const maximumUncompressedBytes = 1_048_576;

/** Units of a position, in the order of its fields; its precision is none. */
const placeUnits = ["lat", "lon", "m", null, "deg", "m/s"] as const;

export function kuraDecoder(profile: KuraProfile, { gunzip }: FormatPorts): MessageDecoder {
  const names = new Namer(profile);
  return (message, rows) => {
    const { timestamp, position, metrics, body, problems } = readKura(uncompressed(message.payload, gunzip));
    const time = timestamp ?? position?.["timestamp"] ?? null;
    const micros = time === null ? null : Number(time) * 1_000;
    rows.identify(null, micros);
    if (micros !== null) rows.time.device(micros, null);
    const whole = (name: string, value: TreeValue): void => {
      if (typeof value === "number") rows.integer(null, name, null, value);
    };
    if (position !== null) {
      kuraPlaces.forEach((name, index) => {
        const value = position[name];
        if (typeof value === "number") rows.double(null, name, placeUnits[index]!, value);
      });
      whole("satellites", position["satellites"]);
      whole("position_status", position["status"]);
    }
    for (const { name, type, value } of metrics) {
      try {
        const { metric, unit } = names.of(name);
        const isReal = type === "DOUBLE" || type === "FLOAT";
        rows.value(null, metric, unit, value as number | null, isReal, value === null ? 2 : 0, 0);
      } catch (thrown) {
        rows.problems.add(toFault(thrown));
      }
    }
    if (body !== null && body.length > 0) rows.bytes(null, "body", body);
    for (const problem of problems) rows.problems.add(problem);
  };
}

/** Senders compress as they like; a gzip member can't be mistaken: no payload begins with its magic. */
function uncompressed(bytes: Uint8Array, gunzip: FormatPorts["gunzip"]): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const plain = gunzip(bytes, maximumUncompressedBytes);
  if (plain === null)
    throw new Fault("not-well-formed", `no gzip, or more than ${maximumUncompressedBytes} bytes of it`);
  return plain;
}
