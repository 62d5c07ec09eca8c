/**
 * What a self-describing message is once it is read, whatever it was written in: JSON, CBOR, MessagePack, Avro, protobuf
 * or a line of CSV. One mapping turns such a tree into rows.
 */

import type { Instant } from "./normalise/iso-time.ts";

/** A time by the type of the format it was written in, so that no profile has to say how it counts. */
export class TreeTime implements Instant {
  readonly micros: number;
  readonly nanoseconds: number | null;

  constructor(micros: number, nanoseconds: number | null) {
    this.micros = micros;
    this.nanoseconds = nanoseconds;
  }
}

/** Integers beyond 2^53-1 are bigint; `undefined` is a value that the format knows and that says nothing. */
export type TreeValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | TreeTime
  | readonly TreeValue[]
  | TreeObject;

/** Own properties only; made without a prototype where a format's reader makes it. */
export interface TreeObject {
  readonly [name: string]: TreeValue;
}

/** An object that inherits nothing, so that no name of a device's can mean anything else. */
export function emptyObject(): Record<string, TreeValue> {
  return Object.create(null) as Record<string, TreeValue>;
}

/** Milliseconds around 1970 that a Date can hold (ECMA-262, "Time Values and Time Range"). */
const furthest = 8_640_000_000_000_000;

/** A time as RFC 3339 text, with as many digits as it has; null where no calendar has it. */
export function timeText({ micros, nanoseconds }: Instant): string | null {
  if (!(Math.abs(micros) <= furthest * 1_000)) return null;
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
  const digits = (fraction + String(nanoseconds ?? 0).padStart(3, "0")).replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}Z`;
}
