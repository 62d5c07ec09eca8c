/** A short run of the fuzz command (test/fuzz/decode.ts), and that it finds what is wrong. */
import { expect, test } from "@jest/globals";
import { quarantineReasons } from "../../functions/core/model.ts";
import { fuzz } from "../fuzz/decode.ts";
import { fuzzTargets, hostile, Random } from "../fuzz/inputs.ts";
import { broken } from "../fuzz/invariants.ts";
import { decodeWith, json, message } from "./support.ts";

test("hostile payloads of every format: nothing throws, no row is invalid, every refusal has a reason", async () => {
  const formats = new Set((await fuzzTargets()).map(({ profile }) => profile.format));
  expect([...formats].sort()).toEqual(
    "avro cayenne-lpp cbor csv json kura messagepack modbus-registers ndjson opcua-json protobuf raw-binary senml-cbor senml-json sparkplug-b ts013".split(
      " ",
    ),
  );
  const report = await fuzz(30_000, 20241125, () => undefined);
  // Both happen a lot, or nothing was tried.
  expect(report.rows).toBeGreaterThan(3_000);
  expect(report.quarantined).toBeGreaterThan(3_000);
  for (const reason of Object.keys(report.reasons)) expect(quarantineReasons).toContain(reason);
});

test("the same seed gives the same inputs", async () => {
  const [target] = await fuzzTargets();
  const inputs = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => hostile(target!.seeds, random));
  };
  expect(inputs(7)).toEqual(inputs(7));
  expect(inputs(7)).not.toEqual(inputs(8));
});

test("an invalid row is found", () => {
  const profile = {
    name: "p",
    version: "1",
    description: "d",
    format: "json",
    fields: [{ path: "v" }],
  } as const;
  const decoded = decodeWith(profile, [message(json({ v: 1 }))]);
  expect(broken(decoded)).toBeNull();
  const [row] = decoded.readings;
  const withRow = (over: object) => broken({ ...decoded, readings: [{ ...row!, ...over }] });
  expect(withRow({ valueDouble: NaN })).toMatch(/NaN/);
  expect(withRow({ valueInt: 1 })).toMatch(/2 values/);
  expect(withRow({ metric: "Bad" })).toMatch(/no metric/);
  expect(withRow({ ts: 0.5 })).toMatch(/ts is/);
  expect(
    broken({
      ...decoded,
      quarantined: [{ ...decodeWith(profile, [message("x")]).quarantined[0]!, reason: "codec-threw" }],
    }),
  ).toMatch(/threw/);
});
