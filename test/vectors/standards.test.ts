/** The worked examples of the standards, written out in `data/` with their source, and the runner that judges them. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { mismatch, type Vector } from "../../functions/vectors/run.ts";

const data = new URL("./data/", import.meta.url);

describe.each(readdirSync(data).filter((file) => file.endsWith(".json")))("%s", (file) => {
  const vectors = JSON.parse(readFileSync(new URL(file, data), "utf8")) as Vector[];
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    expect(mismatch(vector)).toBeNull();
  });
});

describe("the runner finds what is wrong", () => {
  const good: Vector = {
    source: "own",
    format: "cayenne-lpp",
    name: "temperature",
    inputHex: "03670110",
    expected: { values: [{ channel: 3, type: 103, name: "temperature", value: 27.2 }] },
  };
  const cbor = (inputHex: string, value: unknown): Vector => ({
    ...good,
    format: "cbor",
    inputHex,
    expected: { value },
  });

  test("a vector that holds", () => {
    expect(mismatch(good)).toBeNull();
    expect(
      mismatch(cbor("c249010000000000000000", { $tag: 2, value: { $hex: "010000000000000000" } })),
    ).toBeNull();
    // As JSON has it that knows doubles only.
    expect(mismatch(cbor("1b2c1a23197bce72d7", 3_177_891_079_421_588_000))).toBeNull();
  });

  test.each<[string, Vector]>([
    ["another value", { ...good, inputHex: "03670111" }],
    ["another channel", { ...good, inputHex: "04670110" }],
    ["one value too many", { ...good, inputHex: "0367011003670110" }],
    ["refused, though it should be read", { ...good, inputHex: "036701" }],
    ["read, though it should be refused", { ...good, expected: { error: "whatever" } }],
    ["a float off by more than the tolerance", cbor("fb3ff199999999999a", 1.100000002)],
    ["0 for -0", cbor("00", { $float: "-0" })],
    ["another bignum", cbor("c249010000000000000001", { $tag: 2, value: { $hex: "010000000000000000" } })],
    ["a bigint off by one digit of a double", cbor("1b2c1a23197bce72d7", 3_177_891_079_421_589_000)],
    ["a number for a bigint", cbor("01", { $bigint: "1" })],
    ["other bytes", cbor("4101", { $hex: "02" })],
    ["a key too many", cbor("a16161f6", {})],
  ])("%s", (_, vector) => expect(mismatch(vector)).toEqual(expect.any(String)));
});
