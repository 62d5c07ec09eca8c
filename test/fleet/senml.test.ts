import { describe, expect, test } from "@jest/globals";
import { decode } from "cbor2";
import fc from "fast-check";
import { encodeCbor, type CborValue } from "../../samples/cbor.ts";
import { measuredAt, senmlCbor, senmlJson } from "../../samples/senml.ts";
import {
  humiditySeries,
  machineRoom,
  thermostat,
  voltageAndCurrent,
  voltageAndCurrentCbor,
} from "../../samples/standards.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("CBOR in preferred serialisation (RFC 8949)", () => {
  // Appendix A.
  test.each<[CborValue, string]>([
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [1000, "1903e8"],
    [1_000_000, "1a000f4240"],
    [1_000_000_000_000, "1b000000e8d4a51000"],
    [-1, "20"],
    [-100, "3863"],
    [-1000, "3903e7"],
    [1.1, "fb3ff199999999999a"],
    [1.5, "f93e00"],
    [-0, "f98000"],
    [5.960464477539063e-8, "f90001"],
    [0.00006103515625, "f90400"],
    [3.4028234663852886e38, "fa7f7fffff"],
    [-4.1, "fbc010666666666666"],
    [false, "f4"],
    [true, "f5"],
    ["", "60"],
    ["ü", "62c3bc"],
    [Buffer.from("01020304", "hex"), "4401020304"],
    [[1, [2, 3]], "8201820203"],
    [new Map([[1, 2]]), "a10102"],
  ])("%p is %s", (value, expected) => {
    expect(hex(encodeCbor(value))).toBe(expected);
  });

  test("an independent reader gets every number back", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(decode(encodeCbor(value))), value)).toBe(true);
      }),
    );
  });

  test("not-a-number has no place in a pack", () => {
    expect(() => encodeCbor(Number.NaN)).toThrow("NaN has no place in a SenML pack");
  });
});

describe("SenML packs", () => {
  test("the CBOR of RFC 8428's example is the standard's, byte for byte", () => {
    expect(hex(senmlCbor(voltageAndCurrent))).toBe(voltageAndCurrentCbor);
  });

  test("bytes are base64url in JSON and bytes in CBOR", () => {
    expect(senmlJson(machineRoom).toString()).toContain('"vd":"aGkgCg"');
    const [, , , reader] = decode(senmlCbor(machineRoom)) as Map<number, unknown>[];
    expect(Buffer.from(reader?.get(8) as Uint8Array).toString()).toBe("hi \n");
  });

  test("a pack measured at another time keeps its values and distances", () => {
    const moved = measuredAt(humiditySeries, 1_795_478_400);
    expect(moved[0]).toEqual({ ...humiditySeries[0], bt: 1_795_478_400 });
    expect(moved.slice(1)).toEqual(humiditySeries.slice(1));
    expect(JSON.stringify(measuredAt(thermostat, 5)[0])).toBe('{"bn":"urn:dev:ow:10e2073a01080063:","bt":5}');
  });
});
