import { describe, expect, test } from "@jest/globals";
import { sandbox } from "../../functions/codecs/part.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import * as Flag from "../../functions/core/flags.ts";
import type { CodecSandbox } from "../../functions/core/formats/codec-sandbox.ts";
import { ts013Decoder } from "../../functions/core/formats/ts013.ts";
import type { Message } from "../../functions/core/model.ts";
import type { Ts013Profile } from "../../functions/core/profiles/profile.ts";
import { validateProfile } from "../../functions/core/profiles/schema.ts";
import { nodePorts } from "../../functions/platform.ts";
import { readProfiles } from "../../profiles/read.ts";
import { decodeWith, json, message } from "./support.ts";

const code = `
function decodeUplink(input) {
  var b = input.bytes;
  if (b[0] === 0xee) throw new Error("mine");
  if (b[0] === 0xe0) return { errors: ["first", "second"] };
  if (b[0] === 0xe1) return { data: null };
  if (b[0] === 0xff) for (;;);
  return { data: { temperature: b[0] / 2, port: input.fPort, ratio: b[1] / 0, name: "n" + b[0] }, warnings: b[0] === 1 ? ["cold"] : [] };
}`;

const profile: Ts013Profile = {
  name: "p",
  version: "1",
  description: "d",
  format: "ts013",
  codec: { code, sha256: "0".repeat(64) },
  fields: [
    { path: "temperature", unit: "Cel" },
    { path: "port", type: "int" },
  ],
};
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const at = (payload: Uint8Array, place: number, over: Partial<Message> = {}): Message =>
  message(payload, { position: `1:${place}`, ...over });
const trusted: Ts013Profile = { ...profile, codec: { code, sha256: "0".repeat(64), trusted: true } };

describe.each([
  ["in the sandbox", profile],
  ["trusted", trusted],
])("%s", (_, given) => {
  test("uplinks become rows by the mapping; port of the channel, of the profile, or 1", () => {
    const rows = (over: Partial<Ts013Profile>, channel: string) =>
      decodeWith({ ...given, ...over }, [at(bytes(40), 0, { channel })]).readings.map((row) => [
        row.metric,
        row.valueDouble ?? row.valueInt,
        row.unit,
      ]);
    const expected = (port: number) => [
      ["temperature", 20, "Cel"],
      ["port", port, null],
    ];
    expect(rows({}, "telemetry")).toEqual(expected(1));
    expect(rows({ fPort: 5 }, "telemetry")).toEqual(expected(5));
    expect(rows({ fPort: 5 }, "telemetry/85")).toEqual(expected(85));
    expect(rows({ fPort: 5 }, "telemetry/999")).toEqual(expected(5));
  });

  test("warnings become a warning and a flag, unnamed numbers readings, infinities bad ones", () => {
    const { readings, warnings } = decodeWith({ ...given, others: "readings" }, [at(bytes(1, 1), 0)]);
    expect(warnings).toMatchObject([{ code: "codec", detail: "cold" }]);
    expect(readings.every(({ flags }) => (flags & Flag.warned) !== 0)).toBe(true);
    const ratio = readings.find(({ metric }) => metric === "ratio");
    expect(ratio).toMatchObject({ valueDouble: null, quality: 2 });
    expect(ratio!.flags & Flag.notANumber).toBe(Flag.notANumber);
  });

  test("what the codec refuses is quarantined with a reason, the others are decoded", () => {
    const good = at(bytes(2), 9);
    const bad = [bytes(0xee), bytes(0xe0), bytes(0xe1), bytes()].map((payload, place) => at(payload, place));
    const { readings, quarantined } = decodeWith(given, [good, ...bad, good]);
    expect(readings).toHaveLength(4);
    expect(quarantined.map(({ reason, detail }) => [reason, detail])).toEqual([
      ["codec-threw", "Error: mine"],
      ["codec-errors", "first; second"],
      ["schema", expect.stringContaining("data")],
      ["empty", expect.anything()],
    ]);
  });
});

test("a network server's JSON: bytes, port, time, device and counter by their paths", () => {
  const uplink = {
    bytes: "up.data",
    encoding: "hex",
    fPort: "up.port",
    time: "at",
    device: "eui",
    sequence: "n",
  } as const;
  const given = { ...profile, uplink };
  const document = { up: { data: "28", port: 3 }, at: "2023-11-14T22:13:19.5Z", eui: "A1", n: 12 };
  const { readings, quarantined } = decodeWith(given, [
    message(json(document)),
    ...[{ ...document, up: { data: "zz" } }, { ...document, up: { data: "28", port: "x" } }, {}].map((one) =>
      message(json(one)),
    ),
    message("{"),
  ]);
  expect(readings).toMatchObject([
    { metric: "temperature", valueDouble: 20, subDevice: "A1", seq: 12, ts: 1_699_999_999_500_000, flags: 0 },
    { metric: "port", valueInt: 3 },
  ]);
  expect(quarantined.map(({ reason }) => reason)).toEqual(["schema", "schema", "schema", "not-well-formed"]);
});

/** A sandbox that counts what it is asked. */
function counted(): { readonly runs: number[]; readonly ts013: typeof nodePorts.ts013 } {
  const runs: number[] = [];
  const counting: CodecSandbox = {
    start: () => sandbox.start(),
    check: (given) => sandbox.check(given),
    run(given, calls) {
      runs.push(calls.length);
      return sandbox.run(given, calls);
    },
  };
  return { runs, ts013: (given) => ts013Decoder(given, counting) };
}
const bindings = [{ devices: "*", channel: "*", profile: "p" }];

test("one crossing a batch, whatever of it is left out on the way", () => {
  const { runs, ts013 } = counted();
  const decoder = createDecoder([profile], bindings, { ...nodePorts, ts013 });
  const batch = Array.from({ length: 200 }, (_, place) => at(bytes(place % 100, 1), place));
  const values = () => decoder.decode(batch).readings.map((row) => row.valueDouble);
  expect(values().filter((value) => value !== null)).toEqual(batch.map(({ payload }) => payload[0]! / 2));
  expect(runs).toEqual([200]);
  for (const one of batch) decoder.foresee(one);
  const only = batch.filter((_, place) => place % 3 === 1).flatMap((one) => decoder.decode([one]).readings);
  expect(only.filter(({ metric }) => metric === "temperature").map((row) => row.valueDouble)).toEqual(
    batch.filter((_, place) => place % 3 === 1).map(({ payload }) => payload[0]! / 2),
  );
});

test("a device whose uplinks never end is held for a minute; other devices' and later ones are decoded", () => {
  const decoder = createDecoder([profile], bindings, nodePorts);
  const endless = [0, 1, 2, 3].map((place) => at(bytes(0xff), place));
  const others = [at(bytes(2), 4), at(bytes(2), 5, { deviceId: "dev-2" })];
  const first = decoder.decode([...endless, ...others]);
  expect(first.quarantined.map(({ reason }) => reason)).toEqual(new Array(5).fill("codec-timeout"));
  expect(first.quarantined[4]!.detail).toMatch(/not decoded/);
  expect(first.readings.map(({ deviceId }) => deviceId)).toEqual(["dev-2", "dev-2"]);
  const soon = at(bytes(2), 6, { receivedAt: endless[0]!.receivedAt + 59_000_000 });
  expect(decoder.decode([soon]).quarantined).toMatchObject([{ reason: "codec-timeout" }]);
  const later = at(bytes(2), 7, { receivedAt: endless[0]!.receivedAt + 61_000_000 });
  expect(decoder.decode([later]).readings).toHaveLength(2);
});

test("names that JavaScript objects inherit are none of a device's", () => {
  const hostile = `function decodeUplink() { return { data: JSON.parse('{"__proto__":{"x":1},"constructor":{"y":2},"a":3}') }; }`;
  const given = { ...profile, codec: { code: hostile, sha256: "" }, fields: [], others: "readings" } as const;
  const { readings } = decodeWith(given, [message(bytes(1))]);
  expect(readings.map(({ metric, valueDouble }) => [metric, valueDouble])).toContainEqual(["a", 3]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("a profile names a file of its folder; a trusted one is nothing that a profile can say", () => {
  const data = { ...profile, codec: { code, sha256: "0".repeat(64) } };
  expect(validateProfile(data, "profile.json").format).toBe("ts013");
  expect(() => validateProfile({ ...data, codec: "codec.js" }, "profile.json")).toThrow(/codec.js/);
  expect(() => validateProfile({ ...data, codec: { ...data.codec, trusted: true } }, "profile.json")).toThrow(
    /trusted/,
  );
  expect(() => validateProfile({ ...data, fPort: 224 }, "profile.json")).toThrow(/fPort/);
  expect(() => decodeWith({ ...trusted, codec: { code: "var x;", sha256: "", trusted: true } }, [])).toThrow(
    /decodeUplink/,
  );
});

test("whoever deploys trusts a codec by its hash; a hash that no codec has is a mistake that names those there are", async () => {
  const families = ["soil-lorawan", "machine-json"];
  const [soil] = await readProfiles(families);
  const { sha256 } = (soil as Ts013Profile).codec as { sha256: string };
  const [trusting] = await readProfiles(families, [sha256]);
  expect(trusting).toMatchObject({ codec: { trusted: true } });
  const uplink = json({ fPort: 2, data: Buffer.from("010c800bb804d2", "hex").toString("base64") });
  expect(decodeWith(trusting!, [message(uplink)])).toEqual(decodeWith(soil!, [message(uplink)]));
  const other = "f".repeat(64);
  await expect(readProfiles(families, [other])).rejects.toThrow(
    `no codec has the hash ${other} (soil-lorawan has ${sha256})`,
  );
});
