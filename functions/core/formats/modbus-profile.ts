/** Declared blocks of Modbus registers to rows: a block is a frame whose fields stand at register addresses. */

import type { ModbusProfile, ModbusRegister, RawBinaryProfile } from "../profiles/profile.ts";
import type { MessageDecoder } from "./format.ts";
import { registerTypes } from "./modbus-registers.ts";
import type { FieldType, FrameField } from "./raw-binary-layout.ts";
import { rawBinaryDecoder } from "./raw-binary.ts";

/** Throws an Error for a block that makes no sense. */
export function modbusDecoder(profile: ModbusProfile): MessageDecoder {
  return rawBinaryDecoder(frameProfile(profile));
}

/** The same block as a raw binary frame. */
export function frameProfile(profile: ModbusProfile): RawBinaryProfile {
  const { name, version, description, identity, byteOrder = "big", registerCount } = profile;
  return {
    name,
    version,
    description,
    ...(identity === undefined ? {} : { identity }),
    format: "raw-binary",
    layout: {
      endian: byteOrder,
      ...(registerCount === undefined ? {} : { length: 2 * registerCount }),
      fields: profile.registers.map((register) => fieldOf(register, profile)),
    },
  };
}

function fieldOf(register: ModbusRegister, profile: ModbusProfile): FrameField {
  const { register: address, type, count, wordOrder, ...rest } = register;
  const first = profile.firstRegister ?? 0;
  CHECKED: if (address < first)
    throw new Error(
      `register "${register.name}": ${address} lies before the block, which begins at ${first}`,
    );
  const isText = type === "text";
  CHECKED: if (isText !== (count !== undefined))
    throw new Error(
      `register "${register.name}": count is the number of registers of a text, and of nothing else`,
    );
  const several = !isText && !/16$/.test(type);
  return {
    ...rest,
    at: 2 * (address - first),
    type: isText ? (`text${2 * count!}` as FieldType) : registerTypes[type],
    ...(several ? { wordOrder: wordOrder ?? profile.wordOrder ?? "big" } : {}),
  };
}
