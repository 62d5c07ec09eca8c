import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseTreePath, valueAt } from "../../functions/core/formats/mapping-path.ts";
import * as Flag from "../../functions/core/flags.ts";
import type { MappedField } from "../../functions/core/profiles/mapping.ts";
import type { DocumentProfile } from "../../functions/core/profiles/profile.ts";
import { decodeWith, json, message, received } from "./support.ts";

const profile = (fields: readonly MappedField[], over: Partial<DocumentProfile> = {}): DocumentProfile => ({
  name: "p",
  version: "1",
  description: "d",
  format: "json",
  fields,
  ...over,
});
const decode = (given: DocumentProfile, value: unknown) =>
  decodeWith(given, [message(typeof value === "string" ? value : json(value))]);

describe("paths", () => {
  const root = { a: { b: [{ c: 1 }, { c: 2 }] }, "weird key": 3, n: null };
  test.each<[string, unknown]>([
    ["a.b[1].c", 2],
    ["weird key", 3],
    ["n", null],
    ["n.x", undefined],
    ["a.b[5].c", undefined],
    ["a.b.c", undefined],
    ["toString", undefined],
    ["a.hasOwnProperty", undefined],
  ])("%s", (path, expected) => expect(valueAt(root, parseTreePath(path))).toBe(expected));

  test.each([
    "",
    ".",
    "a.",
    "a[x]",
    "[0]",
    "a[0",
    "__proto__",
    "a.constructor",
    "prototype.x",
    "a.__proto__[0]",
  ])("%p is refused", (path) => expect(() => parseTreePath(path)).toThrow(/path ".*": allowed/));
});

describe("fields", () => {
  test("nested, scaled, typed; metric by the last key unless stated", () => {
    const given = profile([
      { path: "env.airTemp", unit: "Cel", scale: 0.1, offset: -40 },
      { path: "env.list[1]", metric: "second" },
      { path: "on", type: "bool" },
      { path: "label", type: "text" },
      { path: "count", type: "int" },
    ]);
    const { readings, quarantined } = decode(given, {
      env: { airTemp: 650, list: [1, 2] },
      on: true,
      label: "x",
      count: 7,
    });
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { metric: "air_temp", valueDouble: 25, unit: "Cel" },
      { metric: "second", valueDouble: 2, unit: null },
      { metric: "on", valueBool: true },
      { metric: "label", valueText: "x" },
      { metric: "count", valueInt: 7 },
    ]);
  });

  test("integers beyond 2^53 pass through no double; beyond 64 bits they are text", () => {
    const given = profile([
      { path: "a", type: "int" },
      { path: "b", type: "int" },
      { path: "c", type: "int" },
    ]);
    const { readings } = decode(
      given,
      '{"a":9007199254740993,"b":-9223372036854775808,"c":18446744073709551615}',
    );
    expect(readings.map(({ valueInt, valueText }) => valueInt ?? valueText)).toEqual([
      9_007_199_254_740_993n,
      -(2n ** 63n),
      "18446744073709551615",
    ]);
  });

  test.each<[MappedField, unknown]>([
    [{ path: "x" }, "1"],
    [{ path: "x" }, true],
    [{ path: "x" }, []],
    [{ path: "x", type: "int" }, 1.5],
    [{ path: "x", type: "bool" }, 1],
    [{ path: "x", type: "text" }, 1],
  ])("%p is not %p: the rest is kept, and the message is in quarantine", (field, value) => {
    const { readings, quarantined } = decode(profile([field, { path: "good" }]), { x: value, good: 1 });
    expect(readings).toMatchObject([{ metric: "good", valueDouble: 1 }]);
    expect(quarantined).toMatchObject([{ reason: "schema", detail: expect.stringContaining("x is") }]);
    expect(quarantined[0]!.msgId).toEqual(readings[0]!.msgId);
  });

  test("absent: nothing, or a complaint where it is required; null: a bad reading; 1e999: bad and flagged", () => {
    expect(decode(profile([{ path: "x" }]), {})).toMatchObject({ readings: [], quarantined: [] });
    expect(decode(profile([{ path: "x", required: true }]), {}).quarantined).toMatchObject([
      { detail: expect.stringContaining("x is missing") },
    ]);
    expect(decode(profile([{ path: "x" }]), { x: null }).readings).toMatchObject([
      { valueDouble: null, quality: 2 },
    ]);
    const infinite = decode(profile([{ path: "x" }]), '{"x":1e999}').readings[0]!;
    expect(infinite).toMatchObject({
      valueDouble: null,
      quality: 2,
      flags: Flag.notANumber | Flag.tsFromIngest,
    });
    expect(decode(profile([{ path: "x" }]), '{"x":-0}').readings[0]!.valueDouble).toBe(-0);
  });

  test("what no field names becomes readings where the profile says so", () => {
    const given = profile([{ path: "a" }], { others: "readings", time: { path: "ts", unit: "ms" } });
    const { readings } = decode(given, {
      a: 1,
      ts: received / 1_000,
      b: { c: 2, d: [true, "text", null] },
      "42": 1,
    });
    expect(readings.map(({ metric, valueDouble, valueBool }) => [metric, valueDouble ?? valueBool])).toEqual([
      ["a", 1],
      ["b_c", 2],
      ["b_d_0", true],
    ]);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]));
    const bounded = decode(profile([], { others: "readings" }), many);
    expect(bounded.readings).toHaveLength(256);
    expect(bounded.warnings).toMatchObject([{ code: "too-many-values" }]);
  });
});

describe("time, samples and devices", () => {
  const timed = (unit: "s" | "ms" | "us" | "ns" | "iso", time: unknown) =>
    decode(profile([{ path: "v" }], { time: { path: "t", unit } }), `{"v":1,"t":${JSON.stringify(time)}}`)
      .readings[0]!;

  test.each<["s" | "ms" | "us" | "iso", unknown, number]>([
    ["s", 1_700_000_000.25, received + 250_000],
    ["ms", 1_700_000_000_001, received + 1_000],
    ["us", 1_700_000_000_000_001, received + 1],
    ["iso", "2023-11-14T22:13:20.000001Z", received + 1],
    ["iso", "2023-11-14T23:13:20+01:00", received],
  ])("%s %p", (unit, time, expected) => expect(timed(unit, time)).toMatchObject({ ts: expected, flags: 0 }));

  test("nanoseconds keep their last three digits", () => {
    const given = profile([{ path: "v" }], { time: { path: "t", unit: "ns" } });
    const { readings } = decode(given, '{"v":1,"t":1700000000000000789}');
    expect(readings).toMatchObject([{ ts: received, tsNs: 789 }]);
    expect(timed("iso", "2023-11-14T22:13:20.000000789Z")).toMatchObject({ ts: received, tsNs: 789 });
  });

  test.each(["yesterday", "2023-11-14", "2023-11-14T22:13:20", 5, null])("%p is no ISO time", (time) => {
    expect(timed("iso", time)).toMatchObject({ ts: received, flags: Flag.tsFromIngest });
  });

  test("an array of samples, each with its own time", () => {
    const given = profile([{ path: "v" }], { samples: "data.points", time: { path: "t", unit: "s" } });
    const { readings, quarantined } = decode(given, {
      data: { points: [{ t: 1_700_000_000, v: 1 }, { v: 2 }] },
    });
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([
      { ts: received, valueDouble: 1, flags: 0 },
      { ts: received, valueDouble: 2, flags: Flag.tsFromIngest },
    ]);
    expect(decode(given, { data: 1 }).quarantined).toMatchObject([{ reason: "schema" }]);
  });

  test("another device in the payload is a sub-device, or refused, as the profile says", () => {
    const given = (other: "sub-device" | "quarantine") =>
      profile([{ path: "v" }], { device: { path: "id", other } });
    expect(decode(given("sub-device"), { id: "child-7", v: 1 }).readings).toMatchObject([
      { deviceId: "dev-1", subDevice: "child-7" },
    ]);
    expect(decode(given("sub-device"), { id: "dev-1", v: 1 }).readings).toMatchObject([{ subDevice: null }]);
    expect(decode(given("quarantine"), { id: "dev-1", v: 1 }).readings).toHaveLength(1);
    expect(decode(given("quarantine"), { id: "dev-2", v: 1 })).toMatchObject({
      readings: [],
      quarantined: [{ reason: "id-mismatch" }],
    });
  });
});

test("keys that JavaScript objects inherit from are data like others, and change nothing", () => {
  const given = profile([{ path: "v" }], { others: "readings" });
  const { readings } = decode(
    given,
    '{"__proto__":{"v":5,"polluted":1},"constructor":{"prototype":{"polluted":2}},"v":1}',
  );
  expect(readings[0]).toMatchObject({ metric: "v", valueDouble: 1 });
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test.each(["[".repeat(60_000), '{"a":'.repeat(10_000), "5", "null", '"text"', "\u0000", "{}x"])(
  "%.20s… is refused",
  (text) => {
    const { readings, quarantined } = decode(profile([{ path: "v", type: "int" }]), text);
    expect([readings.length, quarantined.length]).toEqual([0, 1]);
  },
);

test("deep nesting around good values is refused by depth", () => {
  const text = `{"v":1,"deep":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
  expect(decode(profile([{ path: "v", type: "int" }]), text).quarantined).toMatchObject([
    { reason: "schema", detail: expect.stringContaining("deeper than 64") },
  ]);
});

test("any JSON is decoded or refused, and every row holds at most one value", () => {
  const given = profile([{ path: "a" }, { path: "b", type: "int" }], { others: "readings", samples: "s" });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.json().map((text) => `{"s":[${text}],"a":${text}}`),
      ),
      (text) => {
        for (const row of decode(given, text).readings) {
          const values = [row.valueDouble, row.valueInt, row.valueBool, row.valueText, row.valueBytes];
          expect(values.filter((value) => value !== null)).toHaveLength(row.quality === 2 ? 0 : 1);
        }
      },
    ),
  );
});
