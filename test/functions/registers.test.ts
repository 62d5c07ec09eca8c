import { describe, expect, test } from "@jest/globals";
import { readRegisterRun, type RegisterRun } from "../../functions/core/formats/modbus-registers.ts";
import { prepareProfile } from "../../functions/core/profiles/prepare.ts";
import type { ModbusProfile, ModbusRegister } from "../../functions/core/profiles/profile.ts";
import { bytesOf, decodeWith, message } from "./support.ts";

const profile = (registers: readonly ModbusRegister[], over: Partial<ModbusProfile> = {}): ModbusProfile => ({
  name: "meter",
  version: "1",
  description: "d",
  format: "modbus-registers",
  firstRegister: 100,
  registers,
  ...over,
});
const decode = (given: ModbusProfile, hex: string) => decodeWith(given, [message(bytesOf(hex))]);

describe("a block of registers", () => {
  test("addresses, types, word order by the profile or the register, scales, labels, no reading", () => {
    const given = profile(
      [
        { name: "voltage", register: 100, type: "uint16", scale: 0.1, unit: "V" },
        { name: "power", register: 102, type: "float32", unit: "W" },
        { name: "energy", register: 104, type: "int64", unit: "Wh", wordOrder: "big" },
        { name: "state", register: 108, type: "uint16", enum: { "2": "running" } },
        { name: "alarm", register: 101, type: "uint16", bits: [3, 1] },
        { name: "spare", register: 109, type: "int16", none: -32768, unit: "Cel" },
        { name: "serial", register: 110, type: "text", count: 2 },
      ],
      { wordOrder: "little", registerCount: 12 },
    );
    const { readings, quarantined } = decode(
      given,
      "08fd 0008 0000 41ac 0000 0000 0000 0005 0002 8000 4142 4300",
    );
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { metric: "voltage", valueDouble: 230.1, unit: "V" },
      { metric: "power", valueDouble: 21.5, unit: "W" },
      { metric: "energy", valueInt: 5, unit: "Wh" },
      { metric: "state", valueText: "running" },
      { metric: "alarm", valueInt: 1 },
      { metric: "spare", quality: 2, unit: "Cel" },
      { metric: "serial", valueText: "ABC" },
    ]);
  });

  test("decimal digits of four bits; other digits are a bad reading", () => {
    const given = profile([
      { name: "energy", register: 100, type: "uint32", bcd: true, scale: 0.01, unit: "kWh" },
      { name: "count", register: 102, type: "uint32", bcd: true, wordOrder: "little" },
      { name: "minute", register: 104, type: "uint16", bits: [8, 8], bcd: true },
      { name: "bad", register: 105, type: "uint16", bcd: true },
      { name: "exponent", register: 106, type: "uint16", bcd: true, unit: "V" },
      { name: "none", register: 107, type: "uint16", bcd: true, none: 0xffff },
    ]);
    const { readings, quarantined } = decode(given, "0012 3456 5678 1234 5930 12f4 01e5 ffff");
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { metric: "energy", valueDouble: 1234.56 },
      { metric: "count", valueInt: 12_345_678 },
      { metric: "minute", valueInt: 59 },
      { metric: "bad", valueInt: null, valueDouble: null, quality: 2 },
      { metric: "exponent", valueDouble: null, quality: 2 },
      { metric: "none", quality: 2 },
    ]);
  });

  test("a longer one is warned of, a shorter one and one of another length are refused", () => {
    const one: ModbusRegister = { name: "v", register: 100, type: "int32" };
    expect(decode(profile([one]), "0000 0001 0000").warnings).toMatchObject([{ code: "trailing-bytes" }]);
    expect(decode(profile([one]), "0000").quarantined).toMatchObject([{ reason: "schema" }]);
    expect(decode(profile([one], { registerCount: 2 }), "0000 0001 0000").quarantined).toHaveLength(1);
  });

  test("bytes that a gateway has turned", () => {
    const given = profile([{ name: "v", register: 100, type: "uint32", wordOrder: "big" }], {
      byteOrder: "little",
    });
    expect(decode(given, "0201 0403").readings).toMatchObject([{ valueInt: 0x01020304 }]);
  });

  test.each<[string, ModbusRegister, RegExp]>([
    [
      "an address before the block",
      { name: "v", register: 99, type: "int16" },
      /"v": 99 lies before the block/,
    ],
    ["a text without a length", { name: "v", register: 100, type: "text" }, /count is the number/],
    ["a number with one", { name: "v", register: 100, type: "int16", count: 2 }, /count is the number/],
    ["decimal digits of a float", { name: "v", register: 100, type: "float32", bcd: true }, /"v": bcd needs/],
    ["signed ones", { name: "v", register: 100, type: "int16", bcd: true }, /"v": bcd needs/],
    ["bits of a float", { name: "v", register: 100, type: "float32", bits: [0, 1] }, /"v": bits are/],
  ])("%s: refused when the profile is checked", (_, register, complaint) =>
    expect(() => prepareProfile(profile([register]))).toThrow(complaint),
  );
});

describe("a run of values of one type", () => {
  test.each<[RegisterRun, string, unknown]>([
    [{ type: "int16", count: 2 }, "960d 69f3", [-27123, 27123]],
    [{ type: "float64", wordOrder: "little" }, "0000 0000 7ce0 40da", 27123.5],
    [{ type: "string", count: 2 }, "6162 6300", "abc"],
    [{ type: "string", byteOrder: "little" }, "6261 0063", "abc"],
    [{ type: "bits", count: 3 }, "0005", [true, false, true]],
    [{ type: "bits" }, "8000", [...Array<boolean>(15).fill(false), true]],
    [{ type: "bits", count: 17 }, "0000 0001", [...Array<boolean>(16).fill(false), true]],
  ])("%j of %s", (run, hex, expected) => expect(readRegisterRun(run, bytesOf(hex))).toEqual(expected));

  test.each<[RegisterRun, string, RegExp]>([
    [{ type: "int16" }, "", /0 bytes/],
    [{ type: "int16" }, "00", /1 bytes/],
    [{ type: "int32" }, "0000", /2 bytes/],
    [{ type: "int16" }, "0000 0000", /behind the last field/],
    [{ type: "string", count: 3 }, "6162", /1 registers, 3 are expected/],
    [{ type: "bits", count: 17 }, "0000", /16 bits, 17/],
    [{ type: "string" }, "ff00", /UTF-8/],
  ])("%j of %s is refused", (run, hex, complaint) =>
    expect(() => readRegisterRun(run, bytesOf(hex))).toThrow(
      expect.objectContaining({ detail: expect.stringMatching(complaint) }),
    ),
  );
});
