import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readJson } from "../../functions/core/json.ts";
import { FlatJsonReader } from "../../functions/core/json-flat.ts";
import { decodeDocument } from "../../functions/core/text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a reader makes of the bytes, or what it says against them. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (thrown) {
    return { fault: (thrown as Error).message };
  }
}

const strictly = (input: Uint8Array) => outcome(() => readJson(decodeDocument(input)));

describe("objects of one level, read from their bytes", () => {
  const name = fc.oneof(
    fc.constantFrom("a", "seq", "ts", "__proto__", "7", "café", "x y", "toString"),
    fc.string({ maxLength: 6 }),
  );
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  );
  const raw = fc.constantFrom(
    "-0",
    "01",
    "1.",
    ".5",
    "1e3",
    "-",
    "0.1",
    "123456789012345678",
    "1.50",
    "tru",
    "[]",
    "{}",
    '"',
  );
  const value = fc.oneof(
    number.map(String),
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom("true", "false", "null"),
    raw,
  );
  const space = fc.constantFrom("", " ", "\n\t", "\r");
  const object = fc
    .tuple(
      fc.array(fc.tuple(name, value, space), { maxLength: 5 }),
      space,
      fc.constantFrom("", "", "", "x", ","),
    )
    .map(([members, around, behind]) => {
      const inside = members.map(
        ([key, text, gap]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${text}${gap}`,
      );
      return `${around}{${inside.join(",")}}${around}${behind}`;
    });

  test("a reader that knows shapes says of any text what the strict one says", () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 4 }), (texts) => {
        const reader = new FlatJsonReader();
        for (const text of [...texts, ...texts]) {
          const input = bytes(text);
          expect(outcome(() => reader.read(input))).toEqual(strictly(input));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("cut and changed at every byte, too", () => {
    const text = '{"ts":1793491200000,"seq": 12,"t":-20.125,"on":true,"state":"idle","none":null}';
    const reader = new FlatJsonReader();
    expect(reader.read(bytes(text))).toEqual(JSON.parse(text));
    for (let at = 0; at < text.length; at += 1) {
      for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x2e, 0x30, 0x5c, 0x7d, 0xff]) {
        const input = bytes(text);
        input[at] = byte;
        for (const piece of [input, input.subarray(0, at)]) {
          expect(outcome(() => reader.read(piece))).toEqual(strictly(piece));
        }
      }
    }
  });

  test("numbers keep their last digit and their sign", () => {
    const reader = new FlatJsonReader();
    reader.read(bytes('{"v":1}'));
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = `{"v":${JSON.stringify(number)}}`;
        expect((reader.read(bytes(text)) as { v: number }).v).toBe((readJson(text) as { v: number }).v);
      }),
      { numRuns: 2000 },
    );
    expect(Object.is((reader.read(bytes('{"v":-0}')) as { v: number }).v, -0)).toBe(true);
  });
});
