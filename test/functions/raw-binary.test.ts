import { describe, expect, test } from "@jest/globals";
import type { FrameField, FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import { compileFrameReader } from "../../functions/core/formats/raw-binary-compile.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import { interpretFrameReader } from "./interpret-frame.ts";
import { checkLayout } from "../../functions/core/formats/raw-binary-check.ts";
import { planLayout } from "../../functions/core/formats/raw-binary-plan.ts";
import { readFrame } from "../../functions/core/formats/raw-binary-read.ts";
import { bytesOf } from "./support.ts";

const fields = (...list: FrameField[]): FrameLayout => ({ endian: "little", fields: list });
const field = (over: Partial<FrameField>): FrameField =>
  ({ name: "x", at: 0, type: "u8", ...over }) as FrameField;
const valueOf = (over: Partial<FrameField>, hex: string): unknown =>
  readFrame(fields(field(over)), bytesOf(hex)).get("x");

describe("values", () => {
  test.each<[Partial<FrameField>, string, unknown]>([
    [{ type: "i8" }, "80", -128],
    [{ type: "u16" }, "0180", 0x8001],
    [{ type: "i16" }, "0180", -32767],
    [{ type: "u16", endian: "big" }, "8001", 0x8001],
    [{ type: "u24" }, "010280", 0x800201],
    [{ type: "i24" }, "ffffff", -1],
    [{ type: "i24", endian: "big" }, "800000", -(2 ** 23)],
    [{ type: "u32" }, "ffffffff", 2 ** 32 - 1],
    [{ type: "i32", endian: "big" }, "80000000", -(2 ** 31)],
    [{ type: "u40" }, "ffffffffff", 2 ** 40 - 1],
    [{ type: "i40" }, "ffffffffff", -1],
    [{ type: "u48" }, "cfe5686b8b01", 0x018b6b68e5cf],
    [{ type: "u48", endian: "big" }, "018b6b68e5cf", 0x018b6b68e5cf],
    [{ type: "i48", endian: "big" }, "800000000000", -(2 ** 47)],
    [{ type: "u64" }, "ffffffffffff1f00", 2 ** 53 - 1],
    [{ type: "u64" }, "0000000000002000", 2n ** 53n],
    [{ type: "u64", endian: "big" }, "ffffffffffffffff", 2n ** 64n - 1n],
    [{ type: "i64" }, "ffffffffffffffff", -1],
    [{ type: "i64", endian: "big" }, "8000000000000000", -(2n ** 63n)],
    [{ type: "i64", scale: 0.5 }, "feffffffffffffff", -1],
    [{ type: "f32", endian: "big" }, "3fc00000", 1.5],
    [{ type: "f64" }, "000000000000f83f", 1.5],
    [{ type: "bytes3" }, "c507ff", bytesOf("c507ff")],
    [{ type: "u8", bits: [4, 4] }, "a5", 10],
    [{ type: "i8", bits: [0, 4] }, "0f", -1],
    [{ type: "u16", bits: [5, 11], endian: "big" }, "ac36", 0xac36 >> 5],
    [{ type: "u32", bits: [0, 32] }, "ffffffff", 2 ** 32 - 1],
    // 250 × 0.1 is 25.000000000000004 by multiplication, 25 by division.
    [{ type: "u16", scale: 0.1 }, "ff00", 25.5],
    [{ type: "i16", scale: 0.005 }, "8e13", 25.03],
    [{ type: "u8", scale: 2, offset: -40 }, "16", 4],
    [{ type: "i16", none: -32768 }, "0080", null],
    [{ type: "u8", bits: [0, 5], none: 31 }, "ff", null],
    [{ type: "u64", none: "18446744073709551615" }, "ffffffffffffffff", null],
    [{ type: "bytes2", none: "ffff" }, "ffff", null],
    [{ type: "f32", none: 0 }, "00000000", null],
    [{ type: "u8", enum: { "2": "walking" } }, "02", "walking"],
    [{ type: "u8", enum: { "2": "walking" } }, "03", 3],
    [{ type: "u32", wordOrder: "big" }, "02010403", 0x01020304],
    [{ type: "u32", endian: "big", wordOrder: "little" }, "03040102", 0x01020304],
    [{ type: "i64", endian: "big", wordOrder: "little" }, "7eeb8216ef0beedd", -1234567890123456789n],
    [{ type: "i48", endian: "big", wordOrder: "little" }, "fffeffffffff", -2],
    [{ type: "f32", endian: "big", wordOrder: "little" }, "0fd8c049", Math.fround(-3.141592)],
    [{ type: "f64", endian: "big", wordOrder: "little" }, "000000007ce040da", 27123.5],
    [{ type: "f64", endian: "little", wordOrder: "big" }, "da40e07c00000000", 27123.5],
    [{ type: "text6" }, "c3bc20620000", "ü b"],
  ])("%p of %s", (over, hex, expected) => expect(valueOf(over, hex)).toEqual(expected));

  test("optional fields shift those behind them, fixed ones don't", () => {
    const layout = fields(
      field({ name: "flags" }),
      field({ name: "a", at: "next", type: "u16", when: { at: 0, bit: 0, is: 1 } }),
      field({ name: "b", at: "next" }),
      field({ name: "fixed", at: 4, when: { at: 0, bit: 1, is: 1 } }),
      field({ name: "c", at: "next" }),
    );
    expect([...readFrame(layout, bytesOf("00 07 00 00 00 09"))]).toEqual([
      ["flags", 0],
      ["b", 7],
      ["c", 9],
    ]);
    expect([...readFrame(layout, bytesOf("03 0102 08 05 09"))]).toEqual([
      ["flags", 3],
      ["a", 0x0201],
      ["b", 8],
      ["fixed", 5],
      ["c", 9],
    ]);
  });
});

describe("what a field has to do with others", () => {
  const read = (layout: FrameLayout, hex: string): Record<string, unknown> =>
    Object.fromEntries(readFrame(layout, bytesOf(hex)));

  test("it is there where an earlier one says so", () => {
    const layout = fields(
      field({ name: "kind", bits: [4, 4] }),
      field({ name: "a", at: "next", type: "u16", when: { field: "kind", is: [1, 2] } }),
      field({ name: "b", at: "next", when: { field: "kind", is: 3 } }),
      field({ name: "c", at: "next", when: { field: "b", is: 7 } }),
    );
    expect(read(layout, "1f 0500")).toEqual({ kind: 1, a: 5 });
    expect(read(layout, "30 07 08")).toEqual({ kind: 3, b: 7, c: 8 });
    expect(read(layout, "30 06")).toEqual({ kind: 3, b: 6 });
    expect(read(layout, "40")).toEqual({ kind: 4 });
    expect(() => read(layout, "1f 05")).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('inside "a"') }),
    );
  });

  test("its scale follows from the range that the device is set to", () => {
    const scaleBy = { field: "range", scales: { "0": 0.5, "1": 0.07 } };
    const layout: FrameLayout = {
      ...fields(
        field({ name: "range", bits: [0, 2] }),
        field({ name: "x", at: 1, type: "i8", scaleBy, offset: 1 }),
      ),
      repeat: { at: 2, count: "rest", fields: [field({ name: "s", type: "i8", scaleBy })], period: 1 },
    };
    for (const make of [compileFrameReader, interpretFrameReader]) {
      const reader = make(planLayout(layout));
      expect(reader(bytesOf("00 ff 02"))).toMatchObject({ fields: [0, 0.5], samples: [[1]] });
      expect(reader(bytesOf("01 02 fe"))).toMatchObject({
        fields: [1, 1.1400000000000001],
        samples: [[-0.14]],
      });
      expect(reader(bytesOf("02 02 fe"))).toMatch(/no scale for 2 in "range"/);
    }
    expect(encodeFrame(layout, { range: 1, x: 1.14 }, [{ s: -0.14 }])).toEqual(bytesOf("01 02 fe"));
    expect(() => encodeFrame(layout, { range: 3, x: 1 }, [])).toThrow(/no scale for 3/);
  });

  test("the real part of a unit quaternion follows from the others, of the header or of a sample", () => {
    const parts = (["qx", "qy", "qz"] as const).map((name) =>
      field({ name, at: "next", type: "i8", scale: 0.1 }),
    );
    const derived = [{ name: "qw", rule: "unit-quaternion", of: ["qx", "qy", "qz"] }] as const;
    expect(read({ endian: "little", fields: parts, derived }, "060008")["qw"]).toBe(0);
    expect(read({ endian: "little", fields: parts, derived }, "000000")["qw"]).toBe(1);
    const layout: FrameLayout = {
      endian: "little",
      fields: [],
      derived,
      repeat: { at: 0, count: "rest", period: 1, fields: parts.map((part) => ({ ...part, none: -128 })) },
    };
    for (const make of [compileFrameReader, interpretFrameReader]) {
      expect(make(planLayout(layout))(bytesOf("000006 800000"))).toMatchObject({
        samples: [
          [0, 0, 0.6, 0.8],
          [null, 0, 0, null],
        ],
      });
    }
    const wrong = {
      ...layout,
      derived: [{ ...derived[0], of: ["qx", "qy", "no"] as [string, string, string] }],
    };
    expect(() => planLayout(wrong)).toThrow(/"qw": there is no number "no"/);
  });

  test("a text that is no UTF-8 is refused by both readers", () => {
    for (const make of [compileFrameReader, interpretFrameReader])
      expect(make(planLayout(fields(field({ type: "text2" }))))(bytesOf("ff00"))).toMatch(
        /"x" is not valid UTF-8/,
      );
  });
});

describe("refused frames", () => {
  const layout: FrameLayout = {
    endian: "little",
    match: [{ at: 0, hex: "55aa" }],
    fields: [field({ name: "count", at: 2 })],
    repeat: { at: 3, count: { field: "count" }, fields: [field({ name: "v", type: "i16" })], period: 1 },
    trailing: "refuse",
  };
  const read = (hex: string, over: Partial<FrameLayout> = {}) =>
    [compileFrameReader, interpretFrameReader].map((make) =>
      make(planLayout({ ...layout, ...over }))(bytesOf(hex)),
    );

  test.each<[string, string, Partial<FrameLayout>, RegExp]>([
    ["too short", "55aa", {}, /2 bytes.*at least 3/],
    ["empty", "", {}, /0 bytes/],
    ["other bytes at the start", "55ab00", {}, /does not begin/],
    ["more samples claimed than there are", "55aa02 0100 02", {}, /2 samples/],
    ["bytes behind the end", "55aa01 0100 02", {}, /1 bytes behind/],
    ["another length", "55aa00", { length: 4 }, /3 bytes, the layout has 4/],
  ])("%s", (_, hex, over, complaint) => {
    for (const answer of read(hex, over)) expect(answer).toMatch(complaint);
  });

  test("a good frame is read by both", () => {
    for (const answer of read("55aa02 0100 ffff"))
      expect(answer).toMatchObject({ samples: [[1], [-1]], trailing: 0 });
  });
});

describe("layouts that make no sense", () => {
  test.each<[string, Partial<FrameField>, RegExp]>([
    ["name", { name: "a b" }, /lower_snake/],
    ["name of a prototype", { name: "__proto__" }, /lower_snake/],
    ["type", { type: "u7" as never }, /no type "u7"/],
    ["bits beyond the type", { bits: [5, 4] }, /bits/],
    ["bits of 64", { type: "u64", bits: [0, 1] }, /bits/],
    ["scale", { scale: Infinity }, /finite/],
    ["offset in the frame", { at: -1 }, /at is/],
    ["when", { when: { at: 0, bit: 8, is: 1 } }, /when/],
    ["enum of bytes", { type: "bytes2", enum: { "1": "x" } }, /enum/],
    ["none of bytes", { type: "bytes2", none: "ff" }, /2 bytes/],
    ["none", { none: "ff" }, /raw number/],
    ["none of text", { type: "text2", none: "ff" }, /text has no pattern/],
    ["word order of 16 bits", { type: "u16", wordOrder: "big" }, /wordOrder needs/],
    ["a field that does not come before", { when: { field: "x", is: 1 } }, /no integer "x"/],
    ["no value to be there for", { when: { field: "x", is: [] } }, /when is the name/],
    ["no scales", { scaleBy: { field: "y", scales: {} } }, /scaleBy has scales/],
    ["two scales", { scale: 1, scaleBy: { field: "y", scales: { "1": 2 } } }, /in place of scale/],
  ])("%s", (_, over, complaint) => expect(() => checkLayout(fields(field(over)))).toThrow(complaint));

  test("length, repeat and references", () => {
    const one = fields(field({}));
    const repeat = { at: "next" as const, count: 1, period: 1, fields: [field({})] };
    expect(() => checkLayout({ ...one, length: 0 })).toThrow(/length 0/);
    expect(() => checkLayout({ ...one, match: [{ at: 0, hex: "xy" }] })).toThrow(/hex/);
    expect(() => checkLayout({ ...one, repeat: { ...repeat, count: 5_000 } })).toThrow(/1 to 4096/);
    expect(() => checkLayout({ ...one, repeat: { ...repeat, count: { field: "y" } } })).toThrow(
      /header field "y"/,
    );
    expect(() => checkLayout({ ...one, repeat: { ...repeat, period: 0 } })).toThrow(/above 0/);
    expect(() => checkLayout({ ...one, repeat: { ...repeat, fields: [] } })).toThrow(/no fields/);
    expect(() =>
      checkLayout({ ...one, repeat: { ...repeat, fields: [field({ enum: { "1": "x" } })] } }),
    ).toThrow(/plain/);
  });
});
