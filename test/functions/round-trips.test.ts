/** Encode and decode: what a device writes comes back, for formats whose encoder is no library but a table of the standard. */

import { describe, expect, test } from "@jest/globals";
import { encode as cborEncode } from "cbor2";
import fc from "fast-check";
import { lppScalars } from "../../functions/core/formats/cayenne-lpp-types.ts";
import { readCayenneLpp } from "../../functions/core/formats/cayenne-lpp.ts";
import {
  readRegisterRun,
  registerTypes,
  type RegisterType,
} from "../../functions/core/formats/modbus-registers.ts";
import { readOpcUaJson } from "../../functions/core/formats/opcua-json-read.ts";
import { readSenmlCbor } from "../../functions/core/formats/senml-cbor.ts";
import { readSenmlJson } from "../../functions/core/formats/senml-json.ts";
import { json } from "./support.ts";

const endian = fc.constantFrom("big" as const, "little" as const);
// JSON does not tell an integer of a double from one beyond 2^53, which is read digit by digit.
const real = fc.double({ noNaN: true, min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }).map((value) => value + 0);

describe("SenML", () => {
  const value = fc.oneof(
    fc.record({ v: real }),
    fc.record({ vs: fc.string({ unit: "grapheme" }) }),
    fc.record({ vb: fc.boolean() }),
    fc.record({ vd: fc.uint8Array({ maxLength: 20 }) }),
  );
  const record = fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:./_-]{0,20}$/),
    unit: fc.constantFrom(null, "Cel", "%RH"),
    time: fc.integer({ min: 268_435_456, max: 4_000_000_000 }),
    value,
  });
  type Pack = readonly (typeof record extends fc.Arbitrary<infer Of> ? Of : never)[];
  const labels = { n: 0, u: 1, v: 2, vs: 3, vb: 4, t: 6, vd: 8, bn: -2, bt: -3 } as const;
  /** Records as fields by label; names and times relative to bases of the first one. */
  const fieldsOf = (pack: Pack, bn: string, bt: number): Record<string, unknown>[] =>
    pack.map(({ name, unit, time, value: given }, index) => ({
      ...(index === 0 ? { bn, bt } : {}),
      n: name,
      ...(unit === null ? {} : { u: unit }),
      t: time - bt,
      ...given,
    }));
  const plain = ({ records, problems }: ReturnType<typeof readSenmlJson>) => {
    expect(problems).toEqual([]);
    return records.map(({ name, unit, time, kind, value: given }) => ({
      name,
      unit,
      time,
      value: { [kind]: given },
    }));
  };
  const whole = (pack: Pack, bn: string) => pack.map((one) => ({ ...one, name: bn + one.name }));
  const pack = fc.array(record, { minLength: 1, maxLength: 6 });

  test("in JSON", () => {
    fc.assert(
      fc.property(pack, fc.constantFrom("", "a:"), fc.integer({ min: 0, max: 2e9 }), (given, bn, bt) => {
        const fields = fieldsOf(given, bn, bt).map(({ vd, ...rest }) =>
          vd instanceof Uint8Array ? { ...rest, vd: Buffer.from(vd).toString("base64url") } : rest,
        );
        expect(plain(readSenmlJson(json(fields)))).toEqual(whole(given, bn));
      }),
    );
  });

  test("in CBOR", () => {
    fc.assert(
      fc.property(pack, fc.constantFrom("", "a:"), fc.integer({ min: 0, max: 2e9 }), (given, bn, bt) => {
        const maps = fieldsOf(given, bn, bt).map(
          (fields) =>
            new Map(Object.entries(fields).map(([label, field]) => [labels[label as "n"] as number, field])),
        );
        expect(plain(readSenmlCbor(Uint8Array.from(cborEncode(maps))))).toEqual(whole(given, bn));
      }),
    );
  });
});

test("Cayenne LPP: every type with one number", () => {
  const one = fc.constantFrom(...lppScalars).chain(({ type, size, signed, divisor }) => {
    const half = 2 ** (8 * size - 1);
    return fc
      .tuple(fc.nat(255), fc.integer(signed ? { min: -half, max: half - 1 } : { min: 0, max: 2 * half - 1 }))
      .map(([channel, raw]) => ({
        bytes: bytesOf(channel, type, size, raw),
        value: raw / divisor,
        channel,
        type,
      }));
  });
  const bytesOf = (channel: number, type: number, size: number, raw: number): number[] => {
    const view = new DataView(new ArrayBuffer(4));
    view.setInt32(0, raw);
    return [channel, type, ...new Uint8Array(view.buffer).slice(4 - size)];
  };
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (given) => {
      const frame = Uint8Array.from(given.flatMap(({ bytes }) => bytes));
      expect(readCayenneLpp(frame)).toEqual(
        given.map(({ channel, type, value }) => ({ channel, type, value })),
      );
    }),
  );
});

test("Modbus registers: every type in every order of words and bytes", () => {
  const setters: Readonly<Record<RegisterType, (view: DataView, bits: bigint) => number | bigint>> = {
    int16: (view, bits) => (view.setBigInt64(0, bits), view.getInt16(6)),
    uint16: (view, bits) => (view.setBigInt64(0, bits), view.getUint16(6)),
    int32: (view, bits) => (view.setBigInt64(0, bits), view.getInt32(4)),
    uint32: (view, bits) => (view.setBigInt64(0, bits), view.getUint32(4)),
    int64: (view, bits) => (view.setBigInt64(0, bits), view.getBigInt64(0)),
    uint64: (view, bits) => (view.setBigInt64(0, bits), view.getBigUint64(0)),
    float32: (view, bits) => (view.setBigInt64(0, bits), view.getFloat32(4)),
    float64: (view, bits) => (view.setBigInt64(0, bits), view.getFloat64(0)),
  };
  const types = fc.constantFrom(...(Object.keys(registerTypes) as RegisterType[]));
  const bits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(types, bits, endian, endian, (type, given, wordOrder, byteOrder) => {
      const view = new DataView(new ArrayBuffer(8));
      const value = setters[type](view, given);
      const size = Number(type.replace(/\D/g, "")) / 8;
      const words = Array.from({ length: size / 2 }, (_, word) => {
        const at = 8 - size + 2 * word;
        return [view.getUint8(at), view.getUint8(at + 1)];
      });
      if (wordOrder === "little") words.reverse();
      const bytes = words.flatMap((word) => (byteOrder === "little" ? word.reverse() : word));
      const read = readRegisterRun({ type, wordOrder, byteOrder }, Uint8Array.from(bytes));
      if (typeof value === "bigint") expect(BigInt(read as number | bigint)).toBe(value);
      else expect(read).toBe(value);
    }),
  );
});

test("OPC UA PubSub JSON: values, status and times of 100 ns", () => {
  const field = fc.record({
    value: fc.oneof(real, fc.boolean(), fc.string({ unit: "grapheme" })),
    statusCode: fc.nat(0xffff_ffff),
    micros: fc.integer({ min: 0, max: 4e15 }),
    tens: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 5 }), fc.nat(0xffff), (fields, sequence) => {
      const time = (micros: number, tens: number): string =>
        new Date(Math.floor(micros / 1_000)).toISOString().slice(0, -1) +
        `${String(micros % 1_000).padStart(3, "0")}${tens}Z`;
      const payload = Object.fromEntries(
        fields.map(({ value, statusCode, micros, tens }, index) => [
          `f${index}`,
          { Value: value, StatusCode: statusCode, SourceTimestamp: time(micros, tens) },
        ]),
      );
      const set = { DataSetWriterId: 7, SequenceNumber: sequence, Payload: payload };
      const [message] = readOpcUaJson(json({ MessageType: "ua-data", Messages: [set] }));
      expect(message!.dataSets).toMatchObject([
        {
          writer: "7",
          sequence,
          fields: fields.map(({ value, statusCode, micros, tens }, index) => ({
            name: `f${index}`,
            value,
            statusCode,
            sourceTime: { micros, nanoseconds: tens * 100 || null },
          })),
        },
      ]);
    }),
  );
});
