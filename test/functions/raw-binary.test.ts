import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FrameField, FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import { integerTypes, sizeOf } from "../../functions/core/formats/raw-binary-layout.ts";
import { compileFrameReader, frameReaderSource } from "../../functions/core/formats/raw-binary-compile.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import { interpretFrameReader } from "../../functions/core/formats/raw-binary-interpret.ts";
import { planLayout } from "../../functions/core/formats/raw-binary-plan.ts";
import { readFrame } from "../../functions/core/formats/raw-binary.ts";
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
      make(planLayout({ ...layout, ...over }))!(bytesOf(hex)),
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

/** Any layout that the plan takes: fields on end, some optional, some scaled, perhaps samples. */
const anyField = fc.record({
  type: fc.constantFrom(...integerTypes, "f32" as const, "f64" as const, "bytes3" as const),
  endian: fc.constantFrom("little" as const, "big" as const),
  scale: fc.constantFrom(1, 0.1, 0.07, 2),
  offset: fc.constantFrom(0, -40),
  none: fc.option(fc.constantFrom(0, 255, -1), { nil: undefined }),
  bit: fc.option(fc.nat(7), { nil: undefined }),
  limited: fc.boolean(),
});
const anyLayout = fc
  .record({
    header: fc.array(anyField, { maxLength: 6 }),
    samples: fc.array(anyField, { maxLength: 3 }),
    count: fc.nat(3),
  })
  .map(({ header, samples, count }): FrameLayout => {
    const make = (list: typeof header, sampled: boolean): FrameField[] =>
      list
        .filter(({ type }) => !(sampled && type.startsWith("bytes")))
        .map(({ type, endian, scale, offset, none, bit, limited }, index) => {
          const bytes = type.startsWith("bytes");
          const small = !bytes && !type.startsWith("f") && sizeOf(type) <= 6;
          return {
            name: `${sampled ? "s" : "f"}${index}`,
            at: "next",
            type,
            endian,
            ...(bytes ? {} : { scale, offset }),
            ...(bytes || none === undefined ? {} : { none }),
            ...(small && limited ? { saturates: [-3, 100] as const } : {}),
            ...(!sampled && bit !== undefined ? { when: { at: 0, bit, is: 1 as const } } : {}),
          };
        });
    const repeated = make(samples, true);
    return {
      endian: "little",
      fields: [field({ name: "flags" }), ...make(header, false)],
      ...(repeated.length > 0
        ? { repeat: { at: "next", count: count || "rest", fields: repeated, period: 0.1 } }
        : {}),
    };
  });

describe("the compiled reader", () => {
  test("reads what the interpreted one reads, whatever the layout and the bytes", () => {
    let read = 0;
    fc.assert(
      fc.property(anyLayout, fc.uint8Array({ maxLength: 80 }), (layout, bytes) => {
        const plan = planLayout(layout);
        const answer = compileFrameReader(plan)!(bytes);
        expect(answer).toEqual(interpretFrameReader(plan)(bytes));
        if (typeof answer !== "string") read++;
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(200);
  });

  test("has nothing of a profile's texts in its source", () => {
    const layout = fields(field({ name: "evil", enum: { "1": '"]}); process.exit(1); ("' }, unit: "'+1+'" }));
    const source = frameReaderSource(planLayout(layout));
    expect(source).not.toMatch(/evil|process|\+1\+/);
    expect(readFrame(layout, bytesOf("01")).get("x")).toBeUndefined();
    expect(readFrame(layout, bytesOf("01")).get("evil")).toBe('"]}); process.exit(1); ("');
  });

  test("gives way to the interpreted one where the runtime refuses generated code", () => {
    const original = globalThis.Function;
    const refusing = function refuse(): never {
      throw new EvalError("Code generation from strings disallowed for this context");
    };
    globalThis.Function = refusing as unknown as FunctionConstructor;
    try {
      expect(compileFrameReader(planLayout(fields(field({}))))).toBeNull();
      expect(readFrame(fields(field({})), bytesOf("07")).get("x")).toBe(7);
    } finally {
      globalThis.Function = original;
    }
  });
});

describe("the encoder", () => {
  const layout: FrameLayout = {
    endian: "big",
    match: [{ at: 0, hex: "a1" }],
    fields: [
      field({ name: "flags", at: 1 }),
      field({ name: "low", at: 2, bits: [0, 4] }),
      field({ name: "high", at: 2, type: "i8", bits: [4, 4] }),
      field({ name: "state", at: 3, enum: { "0": "off", "7": "on" } }),
      field({ name: "time", at: 4, type: "u48" }),
      field({ name: "wide", at: 10, type: "i64" }),
      field({ name: "level", at: "next", type: "i16", scale: 0.01, none: -32768 }),
      field({ name: "extra", at: "next", type: "u24", when: { at: 1, bit: 0, is: 1 } }),
    ],
    repeat: {
      at: "next",
      count: "rest",
      period: 0.1,
      fields: [
        field({ name: "x", at: "next", type: "i16", scale: 0.001 }),
        field({ name: "y", at: "next", type: "f32" }),
      ],
    },
  };

  test("what it writes is read back", () => {
    const header = fc.record({
      flags: fc.constantFrom(0, 1),
      low: fc.nat(15),
      high: fc.integer({ min: -8, max: 7 }),
      state: fc.constantFrom("off", "on"),
      time: fc.nat({ max: 2 ** 48 - 1 }),
      wide: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      level: fc.option(fc.integer({ min: -32767, max: 32767 }).map((raw) => raw / 100)),
      extra: fc.nat({ max: 2 ** 24 - 1 }),
    });
    const sample = fc.record({
      x: fc.integer({ min: -32768, max: 32767 }).map((raw) => raw / 1000),
      y: fc.float({ noNaN: true }),
    });
    fc.assert(
      fc.property(header, fc.array(sample, { maxLength: 5 }), (values, samples) => {
        const bytes = encodeFrame(layout, values, samples);
        const read = Object.fromEntries(readFrame(layout, bytes));
        const { extra, wide, ...rest } = values;
        expect(read).toMatchObject(rest);
        expect(BigInt(read["wide"] as number | bigint)).toBe(wide);
        expect(read["extra"]).toBe(values.flags === 1 ? extra : undefined);
        const frame = compileFrameReader(planLayout(layout))!(bytes);
        expect(frame).toMatchObject({ samples: samples.map(({ x, y }) => [x, y]), trailing: 0 });
      }),
    );
  });

  test.each<[Record<string, number | string | bigint | null>, RegExp]>([
    [{ low: 16 }, /"low".*16 does not fit 4 bits/],
    [{ high: 8 }, /"high".*does not fit/],
    [{ state: "half" }, /"state".*no label "half"/],
    [{ flags: NaN }, /"flags".*NaN/],
    [{ flags: null }, /"flags".*no pattern/],
    [{ wide: 2n ** 63n }, /"wide".*does not fit 64 bits/],
  ])("%p is refused", (values, complaint) => expect(() => encodeFrame(layout, values)).toThrow(complaint));

  test("samples are counted", () => {
    const four: FrameLayout = { ...layout, repeat: { ...layout.repeat!, count: 4 } };
    expect(() => encodeFrame(four, {}, [{ x: 0, y: 0 }])).toThrow(/1 samples given, the layout has 4/);
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
  ])("%s", (_, over, complaint) => expect(() => planLayout(fields(field(over)))).toThrow(complaint));

  test("length, repeat and references", () => {
    const one = fields(field({}));
    const repeat = { at: "next" as const, count: 1, period: 1, fields: [field({})] };
    expect(() => planLayout({ ...one, length: 0 })).toThrow(/length 0/);
    expect(() => planLayout({ ...one, match: [{ at: 0, hex: "xy" }] })).toThrow(/hex/);
    expect(() => planLayout({ ...one, repeat: { ...repeat, count: 5_000 } })).toThrow(/1 to 4096/);
    expect(() => planLayout({ ...one, repeat: { ...repeat, count: { field: "y" } } })).toThrow(
      /header field "y"/,
    );
    expect(() => planLayout({ ...one, repeat: { ...repeat, period: 0 } })).toThrow(/above 0/);
    expect(() => planLayout({ ...one, repeat: { ...repeat, fields: [] } })).toThrow(/no fields/);
    expect(() =>
      planLayout({ ...one, repeat: { ...repeat, fields: [field({ enum: { "1": "x" } })] } }),
    ).toThrow(/plain/);
  });
});
