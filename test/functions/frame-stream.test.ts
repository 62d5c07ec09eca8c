import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkLayout } from "../../functions/core/formats/raw-binary-check.ts";
import type { FrameLayout, FrameStream } from "../../functions/core/formats/raw-binary-layout.ts";
import { frameTablesOf } from "../../functions/core/formats/raw-binary.ts";
import { FrameScanner } from "../../functions/core/formats/raw-binary-stream.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { bytesOf, decodeWith, message } from "./support.ts";

const layout: FrameLayout = {
  endian: "little",
  length: 4,
  match: [{ at: 0, hex: "55aa" }],
  fields: [
    { name: "n", at: 2, type: "u8", role: "sequence" },
    { name: "v", at: 3, type: "i8" },
  ],
};
const profile = (over: Partial<RawBinaryProfile>): RawBinaryProfile => ({
  name: "p",
  version: "1",
  description: "d",
  format: "raw-binary",
  ...over,
});
const decode = (given: RawBinaryProfile, hex: string) => decodeWith(given, [message(bytesOf(hex))]);

describe("several frames in a message", () => {
  const given = profile({ layout, stream: { sync: "55aa" } });
  const values = (hex: string) => decode(given, hex).readings.map(({ valueInt }) => valueInt);

  test("each has its own counter; all have the message's id", () => {
    const { readings, quarantined } = decode(given, "55aa0701 55aa0802");
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { valueInt: 1, seq: 7 },
      { valueInt: 2, seq: 8 },
    ]);
    expect(readings[0]!.msgId).toEqual(readings[1]!.msgId);
  });

  test("bytes that are no frame are passed over, told of, and cost no frame", () => {
    const { readings, quarantined } = decode(given, "00ff 55aa0701 55 55aa0802 55aa09");
    expect(readings.map(({ valueInt }) => valueInt)).toEqual([1, 2]);
    expect(quarantined).toMatchObject([
      {
        reason: "not-well-formed",
        detail: expect.stringMatching(
          /2 bytes at 0 skipped: no frame.*1 bytes at 6 skipped.*3 bytes at 11 skipped: the input ends/,
        ),
      },
    ]);
    expect(values("55aa0701ff55aa0802")).toEqual([1, 2]);
    expect(values("ffff")).toEqual([]);
  });

  test("without sync bytes the first bad frame is the last", () => {
    const blind = profile({ layout: { ...layout, match: [{ at: 3, hex: "00" }] }, stream: {} });
    expect(decode(blind, "01010100 02020200 03030301 04040400").quarantined).toMatchObject([
      { detail: expect.stringMatching(/8 bytes at 8 skipped/) },
    ]);
  });

  test("frames that say how long they are", () => {
    const stream: FrameStream = { sync: "aa", length: { at: 1, type: "u16", endian: "big", plus: 3 } };
    const any = profile({
      layout: { endian: "little", fields: [{ name: "last", at: 3, type: "u8" }] },
      stream,
    });
    const { readings, quarantined } = decode(any, "aa000105 aa00020607 aaff0000");
    expect(readings.map(({ valueInt }) => valueInt)).toEqual([5, 6]);
    expect(quarantined).toHaveLength(1);
    expect(() =>
      decode(profile({ layout: { endian: "little", fields: [] }, stream: { sync: "aa" } }), ""),
    ).toThrow(/need a length/);
    expect(() => decode(profile({ layout, stream: { sync: "x" } }), "")).toThrow(/sync "x"/);
  });

  test("of variants that are all as long; of others a frame has to say how long it is", () => {
    const cases = [7, 8].map((is) => ({ name: `v${is}`, is, layout }));
    const variants = { at: 2, cases };
    const mixed = profile({ variants, stream: { sync: "55aa" } });
    expect(decode(mixed, "55aa0701 55aa0802 55aa0903").readings.map(({ valueInt }) => valueInt)).toEqual([
      1, 2,
    ]);
    const longer = [cases[0]!, { ...cases[1]!, layout: { ...layout, length: 5 } }];
    expect(() => decode(profile({ variants: { at: 2, cases: longer }, stream: {} }), "")).toThrow(
      /variants of different lengths need a length/,
    );
  });

  test("whatever is between frames, all frames are found, in one piece or in many", () => {
    const noise = fc.uint8Array({ maxLength: 5 }).map((bytes) => bytes.filter((byte) => byte !== 0x55));
    const frame = fc
      .uint8Array({ minLength: 2, maxLength: 2 })
      .map((rest) => Uint8Array.of(0x55, 0xaa, ...rest));
    const scanner = new FrameScanner({ sync: "55aa" }, 4, (bytes) => [...bytes]);
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frame)), fc.integer({ min: 1, max: 7 }), (parts, step) => {
        const whole = Uint8Array.from(parts.flatMap(([before, one]) => [...before, ...one]));
        const found: number[][] = [];
        let from = 0;
        for (let end = step; from < whole.length; end = Math.min(end + step, whole.length)) {
          const isWhole = end >= whole.length;
          for (;;) {
            const next = scanner.next(whole.subarray(0, end), from, isWhole);
            from = next.end;
            if (next.found === null) break;
            found.push(next.found);
          }
          if (isWhole) break;
        }
        expect(found).toEqual(parts.map(([, one]) => [...one]));
      }),
    );
  });

  test("a hostile stream of false starts is given up in time", () => {
    const stream: FrameStream = { sync: "aa", length: { at: 1, type: "u16", endian: "big" } };
    let read = 0;
    const scanner = new FrameScanner(stream, undefined, (bytes) => {
      read += bytes.length;
      return "no";
    });
    const bytes = new Uint8Array(65_536).fill(0xaa).map((byte, at) => (at % 3 === 0 ? byte : 0x7f));
    scanner.next(bytes, 0, true);
    expect(read).toBeLessThan(66 * 65_536);
  });
});

describe("layouts chosen by a byte", () => {
  const small: FrameLayout = {
    endian: "little",
    length: 3,
    fields: [{ name: "t", at: 1, type: "i16", scale: 0.1, unit: "Cel" }],
    rate: 10,
  };
  const large: FrameLayout = { endian: "big", fields: [{ name: "on", at: 1, type: "u8" }] };
  const given = profile({
    variants: {
      at: 0,
      bits: [4, 4],
      cases: [
        { name: "temperature", is: [1, 2], layout: small },
        { name: "state", is: 3, layout: large },
      ],
    },
    tables: ["frames", "readings"],
  });

  test("each frame is read by its own, and each layout has a table of its own", () => {
    expect(decode(given, "2f d700").readings).toMatchObject([{ metric: "t", valueDouble: 21.5 }]);
    expect(decode(given, "30 01").readings).toMatchObject([{ metric: "on", valueInt: 1 }]);
    expect(frameTablesOf(given).map(({ name }) => name)).toEqual(["frames_p_temperature", "frames_p_state"]);
    expect(decode(given, "1f d700").frames).toMatchObject([
      { table: { name: "frames_p_temperature" }, values: [21.5] },
    ]);
  });

  test.each([
    ["a byte that chooses none", "4f0000", /no layout for 4 at byte 0/],
    ["a frame of the chosen layout that is none", "1f00", /frame of 2 bytes/],
  ])("%s is refused", (_, hex, complaint) =>
    expect(decode(given, hex).quarantined).toMatchObject([{ detail: expect.stringMatching(complaint) }]),
  );

  test("choices that make no sense", () => {
    const { variants } = given;
    const twice = { ...variants!, cases: [variants!.cases[0]!, { ...variants!.cases[1]!, is: 2 }] };
    expect(() => decode(profile({ variants: twice }), "")).toThrow(/two layouts for 2/);
    expect(() => decode(profile({}), "")).toThrow(/either a layout or variants/);
    expect(() => decode(profile({ layout: small, variants: variants! }), "")).toThrow(
      /either a layout or variants/,
    );
  });

  test("in a stream", () => {
    const stream = { sync: "aa", length: { at: 1, type: "u8", endian: "big" } } as const;
    const chosen = {
      ...given.variants!,
      at: 2,
      cases: [{ name: "state", is: 3, layout: { ...large, fields: [{ name: "on", at: 3, type: "u8" }] } }],
    } as const;
    const { readings } = decode(profile({ variants: chosen, stream }), "aa043001 aa043000 aa044000 aa043001");
    expect(readings.map(({ valueInt }) => valueInt)).toEqual([1, 0, 1]);
  });
});

test("a derived value is a column of samples and of a header that is wide", () => {
  const parts = ["qx", "qy", "qz"].map((name) => ({ name, at: "next", type: "i8", scale: 0.1 }) as const);
  const derived = [{ name: "qw", rule: "unit-quaternion", of: ["qx", "qy", "qz"] }] as const;
  const header: FrameLayout = { endian: "little", fields: parts, derived, rate: 50 };
  checkLayout(header);
  const wide = decode(profile({ layout: header, tables: ["frames"] }), "060000");
  expect(wide.readings).toEqual([]);
  expect(wide.frames).toMatchObject([{ values: [0.6, 0, 0, 0.8] }]);
  expect(wide.frames[0]!.table.columns.map(({ name }) => name)).toEqual(["qx", "qy", "qz", "qw"]);
  const sampled: FrameLayout = {
    endian: "little",
    fields: [],
    derived,
    repeat: { at: 0, count: "rest", fields: parts, period: 0.1 },
  };
  const both = decode(profile({ layout: sampled, tables: ["frames", "readings"] }), "060000 000000");
  expect(both.readings.filter(({ metric }) => metric === "qw")).toMatchObject([
    { valueDouble: 0.8 },
    { valueDouble: 1 },
  ]);
  expect(both.frames.map(({ values }) => values[3])).toEqual([0.8, 1]);
});

test("a header may say the samples' rate instead of their period; a rate of 0 is refused", () => {
  const rate: FrameLayout = {
    endian: "little",
    fields: [{ name: "rate", at: 0, type: "u8", role: "skip" }],
    repeat: {
      at: 1,
      count: "rest",
      fields: [{ name: "v", at: "next", type: "u8" }],
      period: { field: "rate", is: "rate" },
    },
  };
  const given = profile({ layout: rate });
  const [first, second] = decode(given, "08 01 02").readings;
  expect(second!.ts - first!.ts).toBe(125_000);
  expect(decode(given, "00 01 02").quarantined).toMatchObject([
    { reason: "value-range", detail: expect.stringContaining("rate of 0") },
  ]);
});

test("a time in ns of 64 bits is kept to the last digit", () => {
  const time: FrameLayout = {
    endian: "big",
    fields: [
      { name: "time", at: 0, type: "u64", role: "time", timeUnit: "ns" },
      { name: "v", at: 8, type: "u8" },
    ],
  };
  // 1 700 000 000 123 456 789 ns.
  const { readings } = decode(profile({ layout: time }), "17979cfe3d85cd15 01");
  expect(readings).toMatchObject([{ ts: 1_700_000_000_123_456, tsNs: 789 }]);
});
