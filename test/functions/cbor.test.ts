import { describe, expect, test } from "@jest/globals";
import { decode as oracleDecode, encode as oracleEncode, Simple } from "cbor2";
import fc from "fast-check";
import { CborMap, CborSimple, CborTag, readCbor } from "../../functions/core/cbor.ts";
import type { CborValue } from "../../functions/core/cbor.ts";
import { Fault } from "../../functions/core/fault.ts";
import { bytesOf } from "./support.ts";

function faultOf(bytes: Uint8Array): Fault {
  try {
    readCbor(bytes);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error("was read");
}

/** Our value as cbor2 would give it, for items without tags. */
function plain(value: CborValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof CborSimple) return new Simple(value.number);
  if (!(value instanceof CborMap)) return value;
  const entries = value.entries.map(([key, item]): [unknown, unknown] => [plain(key), plain(item)]);
  return entries.every(([key]) => typeof key === "string") ? Object.fromEntries(entries) : new Map(entries);
}

const encodable = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.double(),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array(),
    fc.constantFrom(true, false, null, undefined),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

describe("against cbor2", () => {
  test("what cbor2 writes is read the same by both", () => {
    fc.assert(
      fc.property(encodable, (value) => {
        const bytes = oracleEncode(value);
        expect(plain(readCbor(bytes))).toEqual(oracleDecode(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test("random bytes without tags: both read the same, or both refuse", () => {
    const untagged = fc.integer({ min: 0, max: 255 }).map((byte) => (byte >> 5 === 6 ? byte & 0x9f : byte));
    let read = 0;
    fc.assert(
      fc.property(fc.array(untagged, { minLength: 1, maxLength: 10 }), (numbers) => {
        const bytes = Uint8Array.from(numbers);
        let ours: CborValue;
        try {
          ours = readCbor(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
          expect(() => oracleDecode(bytes, { rejectDuplicateKeys: true })).toThrow();
          return;
        }
        read++;
        expect(plain(ours)).toEqual(oracleDecode(bytes, { rejectDuplicateKeys: true }));
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test("random bytes of any kind are read or refused by a fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readCbor(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("values", () => {
  test.each<[string, CborValue]>([
    ["1bffffffffffffffff", 2n ** 64n - 1n],
    ["1b001fffffffffffff", 2 ** 53 - 1],
    ["1b0020000000000000", 2n ** 53n],
    ["3b001ffffffffffffe", -(2 ** 53 - 1)],
    ["3b001fffffffffffff", -(2n ** 53n)],
    ["3bffffffffffffffff", -(2n ** 64n)],
    ["c249010000000000000000", 2n ** 64n],
    ["c349010000000000000000", -1n - 2n ** 64n],
    ["c24101", 1],
    ["c240", 0],
    ["f98000", -0],
    ["f90001", 2 ** -24],
    ["f97c00", Infinity],
    ["fb7ff8000000000001", NaN],
    ["f7", undefined],
    ["7f657374726561646d696e67ff", "streaming"],
    ["5fff", new Uint8Array(0)],
    ["9fff", []],
  ])("%s", (hex, value) => expect(readCbor(bytesOf(hex))).toEqual(value));

  test("tags, simple values and maps with other keys keep what they are", () => {
    expect(readCbor(bytesOf("c11a514b67b0"))).toEqual(new CborTag(1, 1_363_896_240));
    expect(readCbor(bytesOf("dbffffffffffffffff00"))).toEqual(new CborTag(2n ** 64n - 1n, 0));
    expect(readCbor(bytesOf("f8ff"))).toEqual(new CborSimple(255));
    expect(readCbor(bytesOf("a201020304"))).toEqual(
      new CborMap([
        [1, 2],
        [3, 4],
      ]),
    );
  });
});

describe("refused", () => {
  test.each([
    ["0001", "trailing-bytes"],
    ["", "not-well-formed"],
    ["61ff", "not-well-formed"],
    ["62c328", "not-well-formed"],
    // A character split over two chunks (RFC 8949 section 3.2.3).
    ["7f61c361a9ff", "not-well-formed"],
    ["a2616101616102", "not-well-formed"],
    ["a201000100", "not-well-formed"],
    ["bf00ff", "not-well-formed"],
    ["9bffffffffffffffff00", "not-well-formed"],
    ["bb00000000ffffffff0000", "not-well-formed"],
    ["5bffffffffffffffff00", "not-well-formed"],
    ["5f5f4100ffff", "not-well-formed"],
  ])("%s: %s", (hex, reason) => expect(faultOf(bytesOf(hex)).reason).toBe(reason));

  test.each(["81", "a161", "c1", "9f", "d81c"])("100,000 levels of %s end early, not the stack", (level) => {
    const bytes = bytesOf(level.repeat(100_000) + "00");
    const fault = faultOf(level === "a161" ? bytesOf("a16161".repeat(100_000) + "00") : bytes);
    expect(fault.detail).toMatch(/deeper than 64/);
  });

  test("64 levels are read", () => {
    expect(readCbor(bytesOf("81".repeat(64) + "00"))).toHaveLength(1);
  });
});
