/**
 * What a change does to a random value. The table was measured on the real provider (pulumi-random on bridge
 * 3.137, terraform-provider-random 3.9) by the same calls.
 */

import { expect, test } from "@jest/globals";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { UNKNOWN, opened, randomProvider, randomToken, resource, secret } from "./support.ts";

const provider = randomProvider();
const of = (name: string) => resource(provider, randomToken(name));

type Row = [name: string, from: WireMap, to: WireMap, changes: string[], replaces: string[]];

const same = (name: string, from: WireMap, to: WireMap): Row => [name, from, to, [], []];
const inPlace = (name: string, from: WireMap, to: WireMap, ...names: string[]): Row => [
  name,
  from,
  to,
  names,
  [],
];
const replaced = (name: string, from: WireMap, to: WireMap, ...names: string[]): Row => [
  name,
  from,
  to,
  names,
  names,
];

const kept = { byteLength: 5, keepers: { a: "1" } };
const four = { length: 4 };

const table: Row[] = [
  same("Id", kept, { ...kept }),
  same("Id", kept, { byteLength: "5", keepers: { a: 1 } }),
  replaced("Id", kept, { ...kept, byteLength: 6 }, "byteLength"),
  replaced("Id", kept, { ...kept, byteLength: UNKNOWN }, "byteLength"),
  replaced("Id", kept, { ...kept, prefix: "x" }, "prefix"),
  replaced("Id", kept, { ...kept, keepers: { a: "2" } }, "keepers"),
  replaced("Id", kept, { ...kept, keepers: {} }, "keepers"),
  replaced("Id", kept, { byteLength: 5 }, "keepers"),
  replaced("Id", kept, { ...kept, keepers: { a: "1", b: "x" } }, "keepers"),
  replaced("Id", kept, { ...kept, keepers: { a: UNKNOWN } }, "keepers"),
  replaced("Id", kept, { ...kept, keepers: UNKNOWN }, "keepers"),
  inPlace("Id", kept, { ...kept, keepers: { a: "1", b: null } }, "keepers"),
  inPlace("Id", { byteLength: 5 }, { byteLength: 5, keepers: {} }, "keepers"),
  inPlace("Id", { byteLength: 5 }, { byteLength: 5, keepers: { a: null } }, "keepers"),
  inPlace("Id", { byteLength: 5 }, { byteLength: 5, keepers: UNKNOWN }, "keepers"),
  replaced("Id", { byteLength: 5 }, kept, "keepers"),
  replaced("Bytes", four, { length: 5 }, "length"),
  replaced("Bytes", four, { ...four, keepers: {} }, "keepers"),
  replaced("Integer", { min: 1, max: 3 }, { min: 1, max: 4 }, "max"),
  replaced("Integer", { min: 1, max: 3 }, { min: 1, max: 3, seed: "x" }, "seed"),
  replaced("Integer", { min: 1, max: 3, seed: "x" }, { min: 1, max: 3 }, "seed"),
  same("Pet", {}, { length: 2, separator: "-" }),
  replaced("Pet", {}, { length: 3 }, "length"),
  replaced("Pet", {}, { separator: "_" }, "separator"),
  replaced("Pet", {}, { prefix: "p" }, "prefix"),
  replaced("Shuffle", { inputs: ["a", "b"] }, { inputs: ["a", "b"], resultCount: 2 }, "resultCount"),
  replaced("Shuffle", { inputs: ["a", "b"] }, { inputs: ["a"] }, "inputs"),
  replaced("Shuffle", { inputs: ["a", "b"] }, { inputs: ["a", UNKNOWN] }, "inputs"),
  replaced("Uuid", {}, { keepers: { a: "b" } }, "keepers"),
  replaced("Uuid4", {}, { keepers: { a: "b" } }, "keepers"),
  replaced("Uuid7", {}, { keepers: { a: "b" } }, "keepers"),
  ...["String", "Password"].flatMap((name) => [
    same(name, four, { ...four, special: true, number: true, minUpper: 0 }),
    replaced(name, four, { length: 5 }, "length"),
    replaced(name, four, { ...four, special: false }, "special"),
    replaced(name, four, { ...four, special: UNKNOWN }, "special"),
    replaced(name, four, { ...four, numeric: false }, "number", "numeric"),
    replaced(name, four, { ...four, number: false }, "number", "numeric"),
    same(name, { ...four, number: false }, { ...four, numeric: false }),
    replaced(name, four, { ...four, minUpper: 1 }, "minUpper"),
    replaced(name, four, { ...four, overrideSpecial: "" }, "overrideSpecial"),
    replaced(name, four, { ...four, overrideSpecial: "!" }, "overrideSpecial"),
    replaced(name, { ...four, overrideSpecial: "!" }, four, "overrideSpecial"),
    inPlace(name, { ...four, overrideSpecial: "" }, four, "overrideSpecial"),
    inPlace(
      name,
      { ...four, overrideSpecial: "!" },
      { ...four, overrideSpecial: UNKNOWN },
      "overrideSpecial",
    ),
  ]),
];

test.each(table)("Random%s from %j to %j", async (name, from, to, changes, replaces) => {
  const { state } = await of(name).create(from);
  expect(await of(name).diff(state, to)).toEqual({ changes, replaces });
});

test("an update in place keeps the value", async () => {
  const { state } = await of("Id").create({ byteLength: 5 });
  const updated = await of("Id").update(state, { byteLength: 5, keepers: {} });
  expect(updated).toEqual({ ...state, keepers: {} });
});

test("a seed gives the number and the order that Go's math/rand gives", async () => {
  // Made by the real provider.
  const integer = await of("Integer").create({ min: 1, max: 1_000_000, seed: "abc" });
  expect(integer.state["result"]).toBe(199_445);
  // Printed by a Go program: rand.New(rand.NewSource(crc64("s"))).Perm(7).
  const inputs = ["0", "1", "2", "3", "4", "5", "6"];
  const shuffle = await of("Shuffle").create({ inputs, seed: "s" });
  expect(shuffle.state["results"]).toEqual(["2", "5", "6", "4", "0", "3", "1"]);
  const other = await of("Shuffle").create({ inputs, seed: "t" });
  expect(other.state["results"]).not.toEqual(shuffle.state["results"]);
});

test.each<[string, WireMap, WireMap]>([
  [
    "Id",
    { byteLength: 5 },
    { b64Std: UNKNOWN, b64Url: UNKNOWN, byteLength: 5, dec: UNKNOWN, hex: UNKNOWN, id: UNKNOWN },
  ],
  ["Pet", { prefix: UNKNOWN }, { id: UNKNOWN, length: 2, prefix: UNKNOWN, separator: "-" }],
  ["Shuffle", { inputs: ["a", UNKNOWN] }, { id: UNKNOWN, inputs: ["a", UNKNOWN], results: UNKNOWN }],
  ["Bytes", { length: UNKNOWN }, { base64: UNKNOWN, hex: UNKNOWN, length: UNKNOWN }],
  ["Uuid", { keepers: { a: UNKNOWN } }, { id: UNKNOWN, keepers: { a: UNKNOWN }, result: UNKNOWN }],
])("a preview of Random%s with %j", async (name, inputs, expected) => {
  expect(await of(name).preview(inputs)).toEqual(expected);
});

test.each<[string, WireMap, string[]]>([
  ["Id", { byteLength: 5, prefix: secret("p") }, ["b64Std", "b64Url", "dec", "hex", "prefix"]],
  ["Shuffle", { inputs: ["a", secret("b")] }, ["inputs", "results"]],
  ["Pet", { keepers: { a: secret("b") } }, ["keepers"]],
  ["Password", { length: secret(4) }, ["bcryptHash", "length", "result"]],
])("what can be read off a secret is secret: Random%s %j", async (name, inputs, secrets) => {
  const { state } = await of(name).create(inputs);
  const marked = Object.keys(state).filter((property) =>
    JSON.stringify(state[property]).includes("1b47061264138c4ac30d75fd1eb44270"),
  );
  expect(marked.sort()).toEqual(secrets);
  const updated = await of(name).update(state, inputs);
  expect(updated).toEqual(state);
  const read = await of(name).read("", state);
  expect(read.state).toEqual(state);
});

test("a message does not tell a secret value", () => {
  expect(of("Pet").failures({ length: secret(-3) })).toEqual([
    "length: must be from 0 to 1000; got a secret value",
  ]);
  expect(of("Pet").failures({ length: -3 })).toEqual(["length: must be from 0 to 1000; got -3"]);
});

test("a password's hash of before version 3 is made anew if it is of something else", async () => {
  const { state } = await of("Password").create({ length: 8 });
  const version2 = { ...state, __meta: '{"schema_version":"2"}' };
  const { state: right } = await of("Password").read("none", version2);
  expect(right).toEqual(state);
  const wrong = {
    ...version2,
    bcryptHash: secret("$2a$10$JUPtGy.p/6x5Au98L/w57uiA0upaTz2ASAm8nRGNDAgnWpWHaAC8e"),
  };
  const { state: remade } = await of("Password").read("none", wrong);
  expect(opened(remade["bcryptHash"])).not.toBe(opened(wrong["bcryptHash"]));
});

test.each(["String", "Password"])("a state of Random%s that lacks later inputs stays", async (name) => {
  const { state } = await of(name).create({ length: 8, number: false });
  const { numeric: _n, minUpper: _u, minLower: _l, minNumeric: _d, minSpecial: _s, __meta, ...old } = state;
  expect(__meta).toBeDefined();
  const versioned = { ...old, __meta: '{"schema_version":"1"}' };
  expect(await of(name).diff(versioned, { length: 8, number: false })).toEqual({ changes: [], replaces: [] });
});
