/**
 * Blocks of Modbus registers, as they travel: 16 bits each, the most significant byte first (Modbus Application Protocol
 * 1.1b3 section 4.2). A value of 32 or 64 bits takes several, in an order that the standard leaves open.
 */

import { Fault } from "../fault.ts";
import { decodeUtf8 } from "../text.ts";
import type { Endian, FrameLayout, IntegerType } from "./raw-binary-layout.ts";
import { frameReader } from "./raw-binary-read.ts";

/** Types of numbers in registers, by the types of a frame's field. */
export const registerTypes = {
  int16: "i16",
  uint16: "u16",
  int32: "i32",
  uint32: "u32",
  int64: "i64",
  uint64: "u64",
  float32: "f32",
  float64: "f64",
} as const satisfies Record<string, IntegerType | "f32" | "f64">;
export type RegisterType = keyof typeof registerTypes;

/** Consecutive values of one type. */
export interface RegisterRun {
  /** `bits`: sixteen a register, the least significant first; `string`: two characters a register. */
  readonly type: RegisterType | "string" | "bits";
  /** Values; of a string, registers. Default: one value, the whole block for strings and bits. */
  readonly count?: number;
  /** Order of the registers within one value. Default `big`: the most significant first. */
  readonly wordOrder?: Endian;
  /** Order of the bytes within a register. Default `big`. */
  readonly byteOrder?: Endian;
}

export type RegisterValue = number | bigint | string | readonly (number | bigint | boolean)[];

/** The values of a block that holds nothing else. Throws a {@link Fault} where it is not as long as they are. */
export function readRegisterRun(run: RegisterRun, bytes: Uint8Array): RegisterValue {
  const { type, byteOrder = "big", wordOrder = "big" } = run;
  if (bytes.length % 2 !== 0 || bytes.length === 0)
    throw new Fault("not-well-formed", `${bytes.length} bytes are no registers: two each`);
  if (type === "string" || type === "bits") {
    const registers = run.count !== undefined && type === "string" ? run.count : bytes.length / 2;
    if (bytes.length !== 2 * registers)
      throw new Fault("schema", `${bytes.length / 2} registers, ${registers} are expected`);
    const ordered = byteOrder === "big" ? bytes : swapped(bytes);
    return type === "string" ? decodeUtf8(ordered).replace(/[\0 ]+$/, "") : bitsOf(ordered, run.count);
  }
  const count = run.count ?? 1;
  const layout: FrameLayout = {
    endian: byteOrder,
    fields: Array.from({ length: count }, (_, index) => ({
      name: `v${index}`,
      at: "next",
      type: registerTypes[type],
      ...(/16$/.test(type) ? {} : { wordOrder }),
    })),
    trailing: "refuse",
  };
  const frame = frameReader(layout).read(bytes);
  if (typeof frame === "string") throw new Fault("schema", frame);
  const values = frame.fields as (number | bigint)[];
  return count === 1 ? values[0]! : values;
}

function swapped(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (_, index) => bytes[index ^ 1]!);
}

function bitsOf(bytes: Uint8Array, count = bytes.length * 8): boolean[] {
  if (count > bytes.length * 8) throw new Fault("schema", `${bytes.length * 8} bits, ${count} are expected`);
  return Array.from({ length: count }, (_, bit) => {
    const byte = bytes[2 * (bit >> 4) + ((bit & 15) < 8 ? 1 : 0)]!;
    return ((byte >> (bit & 7)) & 1) === 1;
  });
}
