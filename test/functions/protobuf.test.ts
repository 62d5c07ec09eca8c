import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import protobuf from "protobufjs";
import { Fault } from "../../functions/core/fault.ts";
import { ProtobufReader } from "../../functions/core/protobuf-reader.ts";
import { TreeTime } from "../../functions/core/tree.ts";
import { encode, read } from "./protobuf-support.ts";
import { bytesOf } from "./support.ts";

const faultOf = (bytes: Uint8Array): string => {
  try {
    read(bytes);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.detail;
    throw thrown;
  }
  return "was read";
};

describe("a message by its descriptor", () => {
  test("every type of field", () => {
    const value = {
      at: { seconds: 1_700_000_000, nanos: 123_456_789 },
      t: 21.5,
      maybe: 0.5,
      delta: -5,
      wide: "-9223372036854775808",
      count: "18446744073709551615",
      list: [1, -1],
      state: 1,
      parts: { a: { v: 3 } },
      boxed: { value: 0 },
      raw: Uint8Array.of(1, 2),
      id: "5",
      inner: { t: 1, more: [{ v: 1 }, {}] },
      on: true,
      big: "-1",
      word: 4294967295,
      sword: -1,
      swide: "-2",
      small: 4294967295,
    };
    expect(read(encode(value))).toMatchObject({
      at: new TreeTime(1_700_000_000_123_456, 789),
      t: 21.5,
      maybe: 0.5,
      delta: -5,
      wide: -(2n ** 63n),
      count: 2n ** 64n - 1n,
      list: [1, -1],
      state: "ON",
      parts: { a: { v: 3 } },
      boxed: 0,
      raw: bytesOf("0102"),
      id: 5,
      inner: { t: 1, more: [{ v: 1 }, { v: 0 }] },
      on: true,
      big: -1,
      word: 4294967295,
      sword: -1,
      swide: -2,
      small: 4294967295,
    });
  });

  test("what is not sent: zero, absent where it knows it, an empty list", () => {
    const empty = read(new Uint8Array(0));
    expect(empty).toMatchObject({ t: 0, state: "OFF", list: [], on: false, big: 0 });
    for (const name of ["at", "maybe", "boxed", "name", "id", "parts", "inner"])
      expect(empty[name]).toBeUndefined();
  });

  test("numbers one by one and packed, fields that are not known, a message in pieces, an unknown enum", () => {
    expect(read(bytesOf("38013802 3a0203ff 01".slice(0, 8)))["list"]).toEqual([1, 2]);
    expect(read(bytesOf("3801 3a020203"))["list"]).toEqual([1, 2, 3]);
    expect(read(bytesOf("f80101 1100000000000035c0"))["t"]).toBe(-21);
    const pieces = Uint8Array.of(...encode({ inner: { t: 1 } }), ...encode({ inner: { on: true } }));
    expect(read(pieces)["inner"]).toMatchObject({ t: 1, on: true });
    expect(read(bytesOf("4007"))["state"]).toBe(7);
    // A field that comes as another type than the descriptor has is one that is not known.
    expect(read(bytesOf("1005"))["t"]).toBe(0);
    // Groups are skipped, whatever is in them.
    expect(read(bytesOf("fb01 0805 fb01 fc01 fc01 7801"))["on"]).toBe(true);
  });

  test.each<[string, string, RegExp]>([
    ["a field cut short", "11000000", /ends inside a field/],
    ["a varint without end", "78" + "ff".repeat(11), /more than ten bytes/],
    ["a length beyond the message", "5aff7f", /ends inside a field/],
    ["an inner length beyond the outer message", "7203 5a7f00", /ends inside a field/],
    ["field number 0", "0001", /names no field/],
    ["a wire type that there is not", "0e", /wire type 6/],
    ["an end of group without a start", "0c", /wire type 4/],
    ["a group that ends as another", "fb01 8402", /ends as another/],
    ["a group without end", "fb01", /inside a group/],
    ["endless groups", "fb01".repeat(100), /groups nested deeper/],
    ["text of ill-formed UTF-8", "6201ff", /UTF-8/],
  ])("%s is refused", (_, hex, complaint) => expect(faultOf(bytesOf(hex))).toMatch(complaint));

  test("of a oneof, what is sent last", () => {
    const both = Uint8Array.of(...encode({ id: "5" }), ...encode({ name: "x" }));
    expect(read(both)).toMatchObject({ name: "x", id: undefined });
    const turned = Uint8Array.of(...encode({ name: "x" }), ...encode({ id: "5", t: 1 }));
    expect(read(turned)).toMatchObject({ name: undefined, id: 5, t: 1 });
  });

  test("fields that were not sent take no room, and lists are nobody else's", () => {
    const { inner } = read(encode({ inner: {} })) as { inner: Record<string, unknown> };
    expect(Object.keys(inner)).toEqual([]);
    expect(inner).toMatchObject({ t: 0, list: [] });
    const lists = read(encode({ list: [1], inner: { list: [2] } }));
    expect(lists).toMatchObject({ list: [1], inner: { list: [2] } });
    expect(read(new Uint8Array(0))["list"]).toEqual([]);
  });

  test("endless nesting is refused", () => {
    let bytes = new Uint8Array(0);
    for (let depth = 0; depth < 100; depth++) {
      const writer = protobuf.Writer.create().uint32(114).bytes(bytes);
      bytes = Uint8Array.from(writer.finish());
    }
    expect(faultOf(bytes)).toMatch(/nested deeper than 64/);
  });

  test("reads what protobufjs writes", () => {
    const value = fc.record(
      {
        t: fc.double(),
        maybe: fc.float(),
        delta: fc.integer(),
        count: fc.maxSafeNat(),
        big: fc.maxSafeInteger(),
        list: fc.array(fc.integer()),
        raw: fc.uint8Array(),
        name: fc.string({ unit: "grapheme" }),
        on: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(value, (given) => {
        const { raw, ...rest } = given;
        expect(read(encode(given))).toMatchObject({ ...rest, ...(raw ? { raw: Uint8Array.from(raw) } : {}) });
      }),
    );
  });

  test("whatever bytes: read or refused, in time", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        faultOf(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("varints of every length", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const bytes: number[] = [];
      for (let rest = value; ; rest >>= 7n) {
        bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
        if (rest <= 127n) break;
      }
      const reader = () => new ProtobufReader(Uint8Array.from(bytes));
      expect(BigInt(reader().uint64())).toBe(value);
      expect(BigInt(reader().int64())).toBe(BigInt.asIntN(64, value));
      expect(reader().unsigned()).toBe(Number(value));
      expect(reader().uint32()).toBe(Number(value & 0xffff_ffffn));
    }),
  );
});
