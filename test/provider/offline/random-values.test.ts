/** Random values: their form, whatever is asked for, and how they are imported. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { opened, randomProvider, randomToken, resource } from "./support.ts";

const now = new Date("2026-11-24T03:29:37.750Z");
const provider = randomProvider({ now: () => now });
const of = (name: string) => resource(provider, randomToken(name));

const runs = { numRuns: 60 };

describe("RandomId and RandomBytes", () => {
  test("an id stands in five notations of the same bytes", async () => {
    const arbitrary = fc.record({
      byteLength: fc.integer({ min: 1, max: 40 }),
      prefix: fc.string({ maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ byteLength, prefix }) => {
        const { id, state } = await of("Id").create({ byteLength, prefix });
        const bytes = Buffer.from(id, "base64url");
        expect(bytes).toHaveLength(byteLength);
        expect(state).toEqual({
          byteLength,
          prefix,
          id: bytes.toString("base64url"),
          b64Url: prefix + bytes.toString("base64url"),
          b64Std: prefix + bytes.toString("base64"),
          hex: prefix + bytes.toString("hex"),
          dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
        });
        const comma = prefix === "" ? "" : `${prefix},`;
        const { prefix: _prefix, ...plain } = state;
        const expected = prefix === "" ? plain : state;
        expect((await of("Id").read(comma + id)).state).toEqual(expected);
      }),
      runs,
    );
  });

  test("bytes are secret, and their base64 is the id", async () => {
    const { id, state } = await of("Bytes").create({ length: 7 });
    expect(Buffer.from(id, "base64")).toHaveLength(7);
    expect(opened(state["base64"])).toBe(id);
    expect(opened(state["hex"])).toBe(Buffer.from(id, "base64").toString("hex"));
    expect(Object.keys(state).sort()).toEqual(["base64", "hex", "length"]);
  });
});

describe("RandomUuid", () => {
  const form = (version: string): RegExp =>
    new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

  test.each([
    ["Uuid", "4"],
    ["Uuid4", "4"],
    ["Uuid7", "7"],
  ])("%s has its form and is its own id", async (name, version) => {
    const { id, state } = await of(name).create({});
    expect(id).toMatch(form(version));
    expect(state).toEqual({ id, result: id });
  });

  test("version 7 begins with the time", async () => {
    const { id } = await of("Uuid7").create({});
    expect(parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(now.getTime());
  });

  test("imports spellings of its own", async () => {
    const uuid = "498b9a2b-4ab9-09e0-bfc5-f46a02053bf2";
    expect((await of("Uuid").read(uuid.toUpperCase())).id).toBe(uuid);
    for (const spelling of [`urn:uuid:${uuid}`, `{${uuid}}`, uuid.replaceAll("-", "")]) {
      expect((await of("Uuid7").read(spelling)).id).toBe(uuid);
      await expect(of("Uuid").read(spelling)).rejects.toThrow(
        `the id to import must be a UUID; got "${spelling}"`,
      );
    }
  });
});

describe("RandomPet", () => {
  test("has as many words as asked for, behind the prefix", async () => {
    const arbitrary = fc.record({
      length: fc.integer({ min: 0, max: 8 }),
      prefix: fc.constantFrom("", "sensor"),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ length, prefix }) => {
        const { id, state } = await of("Pet").create({ length, prefix, separator: "." });
        const words = id.split(".");
        if (prefix !== "") expect(words.shift()).toBe(prefix);
        expect(words).toHaveLength(length === 0 ? 2 : length);
        for (const word of words) expect(word).toMatch(/^[a-z]+$/);
        expect(state).toEqual({ id, length, prefix, separator: "." });
      }),
      runs,
    );
  });

  test("by default two words with a dash", async () => {
    const { id, state } = await of("Pet").create({});
    expect(id).toMatch(/^[a-z]+-[a-z]+$/);
    expect(state).toEqual({ id, length: 2, separator: "-" });
  });
});

describe("RandomInteger", () => {
  test("lies within its bounds, with and without a seed", async () => {
    const bound = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    const arbitrary = fc.record({ one: bound, other: bound, seed: fc.constantFrom("", "seed") });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ one, other, seed }) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)];
        const { id, state } = await of("Integer").create({ min, max, seed });
        expect(state["result"]).toBe(Number(id));
        expect(Number(id)).toBeGreaterThanOrEqual(min);
        expect(Number(id)).toBeLessThanOrEqual(max);
      }),
      runs,
    );
  });

  test("reaches both bounds", async () => {
    const results = new Set<string>();
    for (let round = 0; round < 200; round++)
      results.add((await of("Integer").create({ min: -1, max: 1 })).id);
    expect([...results].sort()).toEqual(["-1", "0", "1"]);
  });

  test("is imported with its bounds", async () => {
    const { id, state, inputs } = await of("Integer").read("5,1,10,s");
    expect({ id, state, inputs }).toEqual({
      id: "5",
      state: { id: "5", result: 5, min: 1, max: 10, seed: "s" },
      inputs: { min: 1, max: 10, seed: "s" },
    });
  });
});

describe("RandomShuffle", () => {
  test("draws every item once before any is drawn again", async () => {
    const items = fc.array(fc.string({ maxLength: 4 }), { maxLength: 8 });
    const arbitrary = fc.record({ inputs: items, resultCount: fc.integer({ min: 0, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ inputs, resultCount }) => {
        const { id, state } = await of("Shuffle").create({ inputs, resultCount });
        expect(id).toBe("-");
        const results = state["results"] as string[];
        expect(results).toHaveLength(inputs.length === 0 ? 0 : resultCount);
        for (
          let start = 0;
          start + inputs.length <= results.length && inputs.length > 0;
          start += inputs.length
        ) {
          expect(results.slice(start, start + inputs.length).sort()).toEqual([...inputs].sort());
        }
      }),
      runs,
    );
  });

  test("leaves no order out", async () => {
    const orders = new Set<string>();
    for (let round = 0; round < 300; round++) {
      orders.add(String((await of("Shuffle").create({ inputs: ["a", "b", "c"] })).state["results"]));
    }
    expect(orders.size).toBe(6);
  });
});

test.each<[string, string, string]>([
  [
    "Id",
    "p,C!S9",
    'the id to import must be base64 for URLs without padding, or "prefix," before it; got "p,C!S9"',
  ],
  ["Id", "CiS9+g0=", "the id to import must be base64 for URLs"],
  ["Bytes", "A*", "the id to import must be the bytes in base64 with padding"],
  ["Uuid", "498", 'the id to import must be a UUID; got "498"'],
  ["Integer", "5,1", 'the id to import must be "result,min,max" or "result,min,max,seed"; got "5,1"'],
  ["Integer", "5,1,x", 'in "5,1,x" max is not a whole number'],
  ["Pet", "a-b", "random:index/randomPet:RandomPet can't be imported"],
  ["Shuffle", "-", "random:index/randomShuffle:RandomShuffle can't be imported"],
])("%s can't be imported by %j", async (name, id, message) => {
  await expect(of(name).read(id)).rejects.toThrow(message);
});

test.each<[string, WireMap, string]>([
  ["Id", { byteLength: 0 }, "byteLength: must be from 1 to 1048576; got 0"],
  ["Id", {}, "byteLength: is required: Number of random bytes."],
  ["Bytes", { length: "x" }, 'length: must be a whole number; got "x"'],
  ["String", { length: 0 }, "length: must be from 1 to 1048576; got 0"],
  [
    "Password",
    { length: 3, minUpper: 2, minLower: 2 },
    "length: must be at least 4, the sum of minUpper, minLower, minNumeric, minSpecial; got 3",
  ],
  [
    "Password",
    { length: 3, upper: false, lower: false, special: false, numeric: false },
    "numeric: one of numeric, upper, lower and special must be true; got none",
  ],
  [
    "Password",
    { length: 3, number: true, numeric: false },
    "number: is the old name of numeric and must be the same; got true",
  ],
  ["Password", { length: 3, minUpper: -1 }, "minUpper: must be from 0 to 1048576; got -1"],
  ["Integer", { min: 4, max: 3 }, "max: must be at least min; got 3"],
  ["Shuffle", { inputs: ["a"], resultCount: -1 }, "resultCount: must be at least 0; got -1"],
  ["Shuffle", { inputs: [["a"]] }, 'inputs[0]: must be a string; got ["a"]'],
  ["Pet", { keepers: "a" }, 'keepers: must be a map of strings; got "a"'],
  ["Pet", { keepers: { a: ["b"] } }, 'keepers.a: must be a string; got ["b"]'],
])("Random%s refuses %j", (name, inputs, message) => {
  expect(of(name).failures(inputs)).toEqual([message]);
});
