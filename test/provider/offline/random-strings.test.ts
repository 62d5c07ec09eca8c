/** Random strings and passwords: their characters, whatever is asked for, and what is kept secret. */

import { expect, test } from "@jest/globals";
import bcrypt from "bcryptjs";
import fc from "fast-check";
import { defaultSpecial } from "../../../provider/offline/random/characters.ts";
import { opened, randomProvider, randomToken, resource, textOf } from "./support.ts";

const provider = randomProvider();
const of = (name: string) => resource(provider, randomToken(name));

const runs = { numRuns: 60 };

const classes = {
  upper: /[A-Z]/g,
  lower: /[a-z]/g,
  numeric: /[0-9]/g,
  special: new RegExp(`[${defaultSpecial.replace(/[\]\\^-]/g, "\\$&")}]`, "g"),
};
type Kind = keyof typeof classes;
const kinds = Object.keys(classes) as Kind[];
const minimumName = (kind: Kind): string => `min${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

test("a string has its length, at least the minimums, and nothing that is switched off", async () => {
  const arbitrary = fc.record({
    extra: fc.integer({ min: 1, max: 30 }),
    switches: fc
      .record({ upper: fc.boolean(), lower: fc.boolean(), numeric: fc.boolean(), special: fc.boolean() })
      .filter((switches) => kinds.some((kind) => switches[kind])),
    minimums: fc.record(Object.fromEntries(kinds.map((kind) => [kind, fc.integer({ min: 0, max: 5 })]))),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ extra, switches, minimums }) => {
      const least = (kind: Kind): number => minimums[kind] ?? 0;
      const length = extra + kinds.reduce((sum, kind) => sum + least(kind), 0);
      const named = Object.fromEntries(kinds.map((kind) => [minimumName(kind), least(kind)]));
      const { state } = await of("String").create({ length, ...switches, ...named });
      const result = textOf(state, "result");
      expect(result).toHaveLength(length);
      for (const kind of kinds) {
        const count = result.match(classes[kind])?.length ?? 0;
        expect(count).toBeGreaterThanOrEqual(least(kind));
        if (!switches[kind]) expect(count).toBe(least(kind));
      }
    }),
    runs,
  );
});

test("other special characters take the place of the usual ones, whatever they are", async () => {
  const inputs = { length: 200, upper: false, lower: false, numeric: false, overrideSpecial: "€ß😀" };
  const { state } = await of("String").create(inputs);
  const characters = [...textOf(state, "result")];
  expect(characters).toHaveLength(200);
  expect(new Set(characters)).toEqual(new Set(["€", "ß", "😀"]));
  const usual = await of("String").create({ ...inputs, overrideSpecial: "" });
  expect(textOf(usual.state, "result")).toMatch(/^[!@#$%&*()\-_=+[\]{}<>:?]{200}$/);
});

test("demanded characters stand anywhere, not only in front", async () => {
  const positions = new Set<number>();
  for (let round = 0; round < 200; round++) {
    const { state } = await of("String").create({
      length: 5,
      upper: false,
      special: false,
      numeric: false,
      minUpper: 1,
    });
    positions.add(textOf(state, "result").search(/[A-Z]/));
  }
  expect([...positions].sort()).toEqual([0, 1, 2, 3, 4]);
});

test("all values in effect are outputs; number and numeric agree", async () => {
  const { id, state } = await of("String").create({ length: "6", number: false });
  expect(state).toEqual({
    __meta: '{"schema_version":"2"}',
    id,
    result: id,
    length: 6,
    lower: true,
    minLower: 0,
    minNumeric: 0,
    minSpecial: 0,
    minUpper: 0,
    number: false,
    numeric: false,
    special: true,
    upper: true,
  });
});

test("a password is secret, its id tells nothing, and its hash is bcrypt of it", async () => {
  const { id, state } = await of("Password").create({ length: 90 });
  expect(id).toBe("none");
  expect(state["__meta"]).toBe('{"schema_version":"3"}');
  const result = opened(state["result"]);
  const hash = opened(state["bcryptHash"]);
  expect(hash).toMatch(/^\$2a\$10\$[./A-Za-z0-9]{53}$/);
  expect(await bcrypt.compare(result, hash)).toBe(true);
  expect(await bcrypt.compare(result.slice(0, 72), hash)).toBe(true);
  expect(await bcrypt.compare(result.slice(1), hash)).toBe(false);
});

test("imported, a string is the id given", async () => {
  const imported = await of("Password").read("hëllo");
  expect(imported.id).toBe("none");
  expect(opened(imported.state["result"])).toBe("hëllo");
  expect(imported.state["length"]).toBe(6);
  expect(imported.inputs).toEqual({
    length: 6,
    upper: true,
    lower: true,
    special: true,
    number: true,
    numeric: true,
  });
  expect((await of("String").read("hello")).id).toBe("hello");
});
