/** The compiled reader against the interpreted one, and the encoder against both. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FrameField, FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import { integerTypes, sizeOf } from "../../functions/core/formats/raw-binary-layout.ts";
import { compileFrameReader, frameReaderSource } from "../../functions/core/formats/raw-binary-compile.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import { interpretFrameReader } from "./interpret-frame.ts";
import { planLayout } from "../../functions/core/formats/raw-binary-plan.ts";
import { readFrame } from "../../functions/core/formats/raw-binary-read.ts";
import { bytesOf } from "./support.ts";

const fields = (...list: FrameField[]): FrameLayout => ({ endian: "little", fields: list });
const field = (over: Partial<FrameField>): FrameField =>
  ({ name: "x", at: 0, type: "u8", ...over }) as FrameField;

/** Any layout that the plan takes: fields on end, some optional, some scaled, perhaps samples. */
const anyField = fc.record({
  type: fc.constantFrom(...integerTypes, "f32" as const, "f64" as const, "bytes3" as const),
  endian: fc.constantFrom("little" as const, "big" as const),
  scale: fc.constantFrom(1, 0.1, 0.07, 2),
  offset: fc.constantFrom(0, -40),
  none: fc.option(fc.constantFrom(0, 255, -1), { nil: undefined }),
  bit: fc.option(fc.nat(7), { nil: undefined }),
  limited: fc.boolean(),
  decimal: fc.boolean(),
  wordOrder: fc.option(fc.constantFrom("little" as const, "big" as const), { nil: undefined }),
  /** Present, or scaled, by the raw value of the second field of the header. */
  refers: fc.constantFrom(undefined, "when" as const, "scaleBy" as const),
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
        .map(({ type, endian, scale, offset, none, bit, limited, decimal, wordOrder, refers }, index) => {
          const bytes = type.startsWith("bytes");
          const small = !bytes && !type.startsWith("f") && sizeOf(type) <= 6;
          const several = !bytes && sizeOf(type) >= 4 && sizeOf(type) % 2 === 0;
          const scaleBy = { field: "range", scales: { "0": 1, "1": 0.1, "2": 7, "255": 0.07 } };
          const scaled = refers === "scaleBy" ? { scaleBy, offset } : { scale, offset };
          return {
            name: `${sampled ? "s" : "f"}${index}`,
            at: "next",
            type,
            endian,
            ...(several && wordOrder ? { wordOrder } : {}),
            ...(bytes ? {} : scaled),
            ...(!sampled && bit === undefined && refers === "when"
              ? { when: { field: "range", is: [0, 3, 255] } }
              : {}),
            ...(bytes || none === undefined ? {} : { none }),
            ...(small && limited ? { saturates: [-3, 100] as const } : {}),
            ...(small && decimal && !limited && refers !== "scaleBy" && type.startsWith("u")
              ? { bcd: true as const }
              : {}),
            ...(!sampled && bit !== undefined ? { when: { at: 0, bit, is: 1 as const } } : {}),
          };
        });
    const repeated = make(samples, true);
    return {
      endian: "little",
      fields: [field({ name: "flags" }), field({ name: "range", at: 1 }), ...make(header, false)],
      ...(repeated.length > 0
        ? { repeat: { at: "next", count: count || "rest", fields: repeated, period: 0.1 } }
        : {}),
    };
  });

/** Mostly with a value in the second byte that fields refer to. */
const frameBytes = fc
  .tuple(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 1, 2, 3, 255))
  .map(([bytes, range]) => bytes.map((byte, at) => (at === 1 && bytes.length % 5 > 0 ? range : byte)));

describe("the compiled reader", () => {
  test("reads what the interpreted one reads, whatever the layout and the bytes", () => {
    let read = 0;
    fc.assert(
      fc.property(anyLayout, frameBytes, (layout, bytes) => {
        const plan = planLayout(layout);
        const answer = compileFrameReader(plan)(bytes);
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

  test("is not made of a layout that was not checked", () => {
    const evil = "0]; process.exit(1); [0" as unknown as number;
    const layouts: FrameLayout[] = [
      fields(field({ at: evil })),
      fields(field({ bits: [evil, 1] })),
      fields(field({ type: `bytes${evil}` })),
      fields(field({ when: { at: evil, bit: 0, is: 1 } })),
      fields(field({ scale: evil })),
      fields(field({ none: evil })),
      fields(field({ saturates: [evil, 1] })),
      { ...fields(field({})), length: evil },
      { ...fields(field({})), match: [{ at: evil, hex: "00" }] },
      { ...fields(field({})), repeat: { at: evil, count: 1, fields: [field({})], period: 1 } },
      { ...fields(field({})), repeat: { at: 1, count: evil, fields: [field({})], period: 1 } },
    ];
    for (const layout of layouts)
      expect(() => compileFrameReader(planLayout(layout))).toThrow(
        /not checked|not finite|raw number|BigInt/,
      );
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
        const frame = compileFrameReader(planLayout(layout))(bytes);
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
