/** Formats with names: read strictly, mapped alike. */

import { describe, expect, test } from "@jest/globals";
import { encode as cborEncode, Tag } from "cbor2";
import fc from "fast-check";
import { pack } from "msgpackr";
import { Fault } from "../../functions/core/fault.ts";
import { readMessagePack } from "../../functions/core/formats/messagepack.ts";
import { readJson } from "../../functions/core/json.ts";
import { TreeTime } from "../../functions/core/tree.ts";
import type { MappedField } from "../../functions/core/profiles/mapping.ts";
import type { DocumentProfile } from "../../functions/core/profiles/profile.ts";
import { bytesOf, decodeWith, message, received, utf8 } from "./support.ts";

const profile = (
  format: DocumentProfile["format"],
  over: Partial<DocumentProfile> = {},
): DocumentProfile => ({
  name: "p",
  version: "1",
  description: "d",
  format,
  fields: [{ path: "t", unit: "Cel" }],
  ...over,
});
const faultOf = (read: () => unknown): Fault => {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error("was read");
};
const field = (path: string, type: MappedField["type"]): MappedField => ({ path, ...(type ? { type } : {}) });

test("a byte order mark alone, or within, is no JSON", () => {
  for (const text of ["\uFEFF", "\uFEFF\uFEFF{}", "{\uFEFF}"])
    expect(decodeWith(profile("json"), [message(utf8(text))]).quarantined).toMatchObject([
      { reason: expect.stringMatching(/^(not-well-formed|empty)$/) },
    ]);
});

describe("one record in four formats", () => {
  const record = { t: 21.5, on: true, state: "run", count: 7, deep: { list: [1, 2] }, at: 1_700_000_000_000 };
  const fields = [
    field("t", undefined),
    field("on", "bool"),
    field("state", "text"),
    field("count", "int"),
    field("deep.list[1]", undefined),
  ];
  const given = { fields, time: { path: "at", unit: "ms" as const } };
  const rowsOf = (format: DocumentProfile["format"], bytes: Uint8Array) => {
    const { readings, quarantined } = decodeWith(profile(format, given), [message(bytes)]);
    expect(quarantined).toEqual([]);
    return readings.map(({ msgId: _, ...row }) => row);
  };
  const expected = rowsOf("json", utf8(JSON.stringify(record)));

  test.each<[DocumentProfile["format"], Uint8Array]>([
    ["cbor", cborEncode(record)],
    ["messagepack", pack(record)],
    ["ndjson", utf8(`${JSON.stringify(record)}\n`)],
    ["json", utf8(`\uFEFF${JSON.stringify(record)}`)],
    ["ndjson", utf8(`\uFEFF${JSON.stringify(record)}\n`)],
  ])("%s gives the rows that JSON gives", (format, bytes) => {
    expect(expected).toHaveLength(5);
    expect(rowsOf(format, bytes)).toEqual(expected);
  });
});

describe("JSON", () => {
  test.each<[string, string, RegExp]>([
    ["a name twice", '{"a":1,"a":2}', /"a" comes twice/],
    ["a name twice, once escaped, deep down", '{"x":[{"a":"\\\\\\"","\\u0061":2}]}', /"a" comes twice/],
    ["a prototype's name twice", '{"__proto__":1,"__proto__":2}', /"__proto__" comes twice/],
    ["no JSON", "{a:1}", /JSON/],
    ["endless nesting", "[".repeat(100) + "]".repeat(100), /nested deeper than 64/],
  ])("%s is refused", (_, text, complaint) =>
    expect(faultOf(() => readJson(text)).detail).toMatch(complaint),
  );

  test("the same text as name and value, in one object and the next, is no name twice", () => {
    const text = '{"a":"a","b":{"a":"b"},"c":[{"a":1},{"a":"\\"a\\":"}]}';
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  test("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        // fast-check writes no name twice.
        const rounded = JSON.stringify(readJson(text), (_, item: unknown) =>
          typeof item === "bigint" ? Number(item) : item,
        );
        expect(rounded).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test("a prototype's name is a name like others, and reaches nothing", () => {
    const given = profile("json", { fields: [], others: "readings" });
    const { readings } = decodeWith(given, [message('{"__proto__":{"t":1},"constructor":{"x":2}}')]);
    expect(readings.map(({ metric }) => metric)).toEqual(["proto_t", "constructor_x"]);
    expect(({} as { t?: unknown }).t).toBeUndefined();
  });
});

describe("lines of JSON", () => {
  test("a bad line costs no other one", () => {
    const lines = '{"t":1,"n":4}\n\n{"t":}\r\n{"t":3,"n":5}';
    const { readings, quarantined } = decodeWith(profile("ndjson", { sequence: { path: "n" } }), [
      message(lines),
    ]);
    expect(readings).toMatchObject([
      { valueDouble: 1, seq: 4 },
      { valueDouble: 3, seq: 5 },
    ]);
    expect(readings[0]!.msgId).toEqual(readings[1]!.msgId);
    expect(quarantined).toMatchObject([
      { reason: "not-well-formed", detail: expect.stringContaining("line 3") },
    ]);
  });

  test("nobody has thousands of bad ones looked at", () => {
    const lines = (bad: number): string => `{"t":1}\n${"{\n".repeat(bad)}{"t":3}`;
    expect(decodeWith(profile("ndjson"), [message(lines(1_000))]).readings).toHaveLength(2);
    const { readings, quarantined } = decodeWith(profile("ndjson"), [message(lines(1_001))]);
    expect(readings).toHaveLength(0);
    expect(quarantined).toMatchObject([{ detail: expect.stringContaining("more than 1000 bad lines") }]);
  });
});

describe("CBOR", () => {
  const decode = (value: unknown, over: Partial<DocumentProfile> = {}) =>
    decodeWith(profile("cbor", over), [message(cborEncode(value))]);

  test("integers are names too; times by tag need no unit; decimals are numbers", () => {
    const value = new Map<unknown, unknown>([
      [1, new Tag(4, [-1, 215])],
      [2, new Tag(1, 1_700_000_000.5)],
    ]);
    const { readings } = decode(value, {
      fields: [{ path: "1", metric: "t" }],
      time: { path: "2", unit: "ms" },
    });
    expect(readings).toMatchObject([{ metric: "t", valueDouble: 21.5, ts: received + 500_000 }]);
  });

  test("bytes and times as values", () => {
    const given = { fields: [field("raw", "bytes"), field("at", "text")] };
    const { readings } = decode(
      { raw: bytesOf("0102"), at: new Tag(0, "2023-11-14T22:13:20.123456789Z") },
      given,
    );
    expect(readings[0]!.valueBytes).toEqual(bytesOf("0102"));
    expect(readings[1]!.valueText).toBe("2023-11-14T22:13:20.123456789Z");
  });

  test.each<[string, unknown, RegExp]>([
    ["a map in a name's place", new Map([[new Map(), 1]]), /an object; a text or integer/],
    [
      "the same name as text and integer",
      new Map<unknown, unknown>([
        [1, 1],
        ["1", 2],
      ]),
      /"1" comes twice/,
    ],
    ["a time that is none", { t: new Tag(0, "yesterday") }, /no time/],
    ["a number in a record's place", 5, /no object/],
    ["a list in a record's place", [{ t: 1 }], /no object/],
    ["bytes in a record's place", bytesOf("0102"), /no object/],
  ])("%s is refused", (_, value, complaint) => {
    expect(decode(value).quarantined).toMatchObject([{ detail: expect.stringMatching(complaint) }]);
  });
});

describe("MessagePack", () => {
  test.each<[string, string, unknown]>([
    ["positive fixint", "7f", 127],
    ["negative fixint", "e0", -32],
    ["uint 64 beyond 2^53", "cfffffffffffffffff", 2n ** 64n - 1n],
    ["int 64", "d38000000000000000", -(2n ** 63n)],
    ["uint 64 that fits", "cf0000000000000001", 1],
    ["float 32", "ca3fc00000", 1.5],
    ["str 8", "d90161", "a"],
    ["bin 8", "c4020102", bytesOf("0102")],
    ["array 16", "dc00020102", [1, 2]],
    ["fixext of an application", "d4050a", bytesOf("0a")],
    ["timestamp 32", "d6ff65536170", new TreeTime(0x65536170 * 1e6, null)],
    ["timestamp 64", "d7ff1d6f345465536170", new TreeTime(0x65536170 * 1e6 + 123456, 789)],
    ["timestamp 96", "c70cff075bcd15ffffffffffffffff", new TreeTime(-1e6 + 123456, 789)],
  ])("%s", (_, hex, expected) => expect(readMessagePack(bytesOf(hex))).toEqual(expected));

  test.each<[string, string, string]>([
    ["nothing", "", "not-well-formed"],
    ["bytes behind the item", "0101", "trailing-bytes"],
    ["the unused format", "c1", "not-well-formed"],
    ["a text cut short", "d90561", "not-well-formed"],
    ["a text of ill-formed UTF-8", "a1ff", "not-well-formed"],
    ["four thousand million items claimed", "ddffffffff", "not-well-formed"],
    ["four thousand million names claimed", "dfffffffff", "not-well-formed"],
    ["a name twice", "82a16101a16102", "not-well-formed"],
    ["a list for a name", "819001", "schema"],
    ["endless nesting", "91".repeat(100) + "90", "not-well-formed"],
    ["a timestamp of seven bytes", "c707ff00000000000000", "not-well-formed"],
    ["a timestamp of two seconds of nanoseconds", "c70cff773594000000000000000000", "not-well-formed"],
  ])("%s is refused", (_, hex, reason) =>
    expect(faultOf(() => readMessagePack(bytesOf(hex))).reason).toBe(reason),
  );

  test("reads what msgpackr writes", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.double().map((value) => value + 0),
        fc
          .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
          .filter((big) => !Number.isSafeInteger(Number(big))),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array(),
        fc.constantFrom(true, false, null),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (given) => {
        expect(readMessagePack(Uint8Array.from(pack(given)))).toEqual(given);
      }),
    );
  });
});
