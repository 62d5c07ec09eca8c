/** What hostile senders try, format by format: each is refused for a reason, and costs nobody else anything. */
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createDecoder } from "../../functions/core/decoder.ts";
import { maximumPayloadBytes } from "../../functions/core/envelope.ts";
import type { Decoded, QuarantineReason } from "../../functions/core/model.ts";
import { nodePorts } from "../../functions/platform.ts";
import { fuzzTargets, type Target } from "../fuzz/inputs.ts";
import { broken } from "../fuzz/invariants.ts";
import { encodeSparkplug } from "./sparkplug-encode.ts";
import { decoderOf as sparkplugDecoder } from "./sparkplug-support.ts";
import { bytesOf, message, utf8 } from "./support.ts";

let targets: readonly Target[];
beforeAll(async () => {
  targets = await fuzzTargets();
});

/** Milliseconds of CPU within which any single message is done with: a thousand times what a good one needs. */
const patience = 1_000;

function decoderOf({ profile }: Target) {
  return createDecoder([profile], [{ devices: "*", channel: "*", profile: profile.name }], nodePorts);
}

const target = (format: string): Target => targets.find(({ profile }) => profile.format === format)!;

/** The first golden payload of a target that becomes rows and nothing else. */
function goodOf(one: Target) {
  return one.seeds.find(({ payload, channel }) => {
    const { readings, frames, quarantined } = decoderOf(one).decode([message(payload, { channel })]);
    return readings.length + frames.length > 0 && quarantined.length === 0;
  })!;
}

/** The bad message between two good ones, in one batch. */
function between(one: Target, payload: Uint8Array): Decoded {
  const { payload: good, channel } = goodOf(one);
  const around = (position: string) => message(good, { channel, position });
  const start = process.threadCpuUsage();
  const decoder = decoderOf(one);
  const decoded = decoder.decode([
    around("1:0"),
    message(payload, { channel, position: "1:1" }),
    around("1:2"),
  ]);
  const { user, system } = process.threadCpuUsage(start);
  expect((user + system) / 1_000).toBeLessThan(patience);
  expect(broken(decoded)).toBeNull();
  const alone = decoderOf(one).decode([around("1:0")]);
  expect(decoded.readings.length + decoded.frames.length).toBe(
    2 * (alone.readings.length + alone.frames.length),
  );
  return decoded;
}

const hex = (digits: string, times = 1): Uint8Array => bytesOf(digits.repeat(times));
const text = (part: string, times = 1): Uint8Array => utf8(part.repeat(times));
const deep = 60_000;

type Case = [format: string, what: string, payload: () => Uint8Array, reasons: QuarantineReason];

const nested: Case[] = [
  ["json", "objects", () => text('{"a":', deep / 5), "not-well-formed"],
  ["json", "arrays, closed", () => utf8(`{"x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`), "schema"],
  ["ndjson", "arrays", () => text("[", deep), "not-well-formed"],
  ["senml-json", "arrays", () => text("[", deep), "not-well-formed"],
  ["opcua-json", "objects", () => text('{"Messages":', 5_000), "not-well-formed"],
  ["cbor", "arrays", () => hex("81", deep), "not-well-formed"],
  ["cbor", "arrays of indefinite length", () => hex("9f", deep), "not-well-formed"],
  ["cbor", "tags", () => hex("c1", deep), "not-well-formed"],
  ["senml-cbor", "arrays", () => hex("81", deep), "not-well-formed"],
  ["messagepack", "arrays", () => hex("91", deep), "not-well-formed"],
  ["messagepack", "maps", () => hex("81a161", 20_000), "not-well-formed"],
  ["protobuf", "groups", () => hex("fb01", 30_000), "not-well-formed"],
  ["sparkplug-b", "groups", () => hex("fb01", 30_000), "not-well-formed"],
  ["kura", "groups", () => hex("fb01", 30_000), "not-well-formed"],
];

const twice: Case[] = [
  ["json", "a name", () => utf8('{"temperature":1,"temperature":2}'), "not-well-formed"],
  [
    "json",
    "a name that is spelled in another way",
    () => utf8('{"temperature":1,"\\u0074emperature":2}'),
    "not-well-formed",
  ],
  ["ndjson", "a name", () => utf8('{"temperature":1,"temperature":2}'), "not-well-formed"],
  ["senml-json", "a name", () => utf8('[{"n":"a","v":1,"v":2}]'), "schema"],
  [
    "opcua-json",
    "a name",
    () => utf8('{"MessageType":"ua-data","MessageType":"ua-data"}'),
    "not-well-formed",
  ],
  ["cbor", "a key", () => hex("a2616101616102"), "not-well-formed"],
  ["senml-cbor", "a label", () => hex("81a30061610201 0202"), "not-well-formed"],
  ["messagepack", "a key", () => hex("82a16101a16102"), "not-well-formed"],
  ["csv", "a column", () => utf8("time,temperature,temperature\n1,2,3\n"), "schema"],
];

const counts: Case[] = [
  ["cbor", "an array of 2^64-1", () => hex("9bffffffffffffffff"), "not-well-formed"],
  ["cbor", "a map of 2^32-1", () => hex("baffffffff"), "not-well-formed"],
  ["cbor", "a text of 2^53", () => hex("7b0020000000000000"), "not-well-formed"],
  ["senml-cbor", "a pack of 2^32-1", () => hex("9affffffff"), "not-well-formed"],
  ["messagepack", "an array of 2^32-1", () => hex("ddffffffff"), "not-well-formed"],
  ["messagepack", "bytes of 2^32-1", () => hex("c6ffffffff"), "not-well-formed"],
  ["protobuf", "a field of 2^31 bytes", () => hex("12ffffffff07"), "not-well-formed"],
  ["sparkplug-b", "a metric of 2^31 bytes", () => hex("12ffffffff07"), "not-well-formed"],
  ["kura", "a metric of 2^63 bytes", () => hex("c2b802ffffffffffffffff7f"), "not-well-formed"],
];

const illFormed: Case[] = [
  ["json", "text", () => hex("7b2278223a22c328227d"), "not-well-formed"],
  ["ndjson", "text", () => hex("7b2278223a22c328227d"), "not-well-formed"],
  ["senml-json", "text", () => hex("5b7b226e223a22c328227d5d"), "not-well-formed"],
  ["opcua-json", "text", () => hex("7b2278223a22c328227d"), "not-well-formed"],
  ["cbor", "text", () => hex("a16178 62c328"), "not-well-formed"],
  ["senml-cbor", "a name", () => hex("81a20062c3280201"), "not-well-formed"],
  ["messagepack", "text", () => hex("81a178a2c328"), "not-well-formed"],
  ["sparkplug-b", "a metric's name", () => hex("12040a02c328"), "not-well-formed"],
  ["csv", "a cell", () => hex("74696d650ac3280a"), "not-well-formed"],
];

describe.each([
  ["nested deeper than anybody does", () => nested],
  ["that come twice", () => twice],
  ["of counts that nobody sends", () => counts],
  ["whose UTF-8 is none", () => illFormed],
])("payloads with parts %s", (_, cases) => {
  test.each(cases())("%s: %s", (format, _what, payload, reason) => {
    const { quarantined } = between(target(format), payload());
    expect(quarantined).toMatchObject([{ reason }]);
  });
});

test("every format: beyond the limit is too large, whatever it is; nothing is empty", () => {
  for (const one of targets) {
    const good = goodOf(one).payload;
    const long = new Uint8Array(maximumPayloadBytes + 1);
    long.set(good);
    expect(between(one, long).quarantined).toMatchObject([{ reason: "too-large" }]);
    expect(between(one, new Uint8Array(0)).quarantined).toMatchObject([{ reason: "empty" }]);
  }
});

test("every format: golden payloads that end at any byte give no invalid row and never throw", () => {
  let refused = 0;
  for (const one of targets) {
    const decoder = decoderOf(one);
    for (const { payload, channel } of one.seeds)
      for (let end = 1; end < payload.length; end++) {
        const decoded = decoder.decode([
          message(payload.subarray(0, end), { channel, position: `1:${end}` }),
        ]);
        expect(broken(decoded)).toBeNull();
        refused += decoded.quarantined.length;
      }
  }
  expect(refused).toBeGreaterThan(2_000);
});

describe("keys that JavaScript's objects inherit", () => {
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
  const jsonOf = (name: string) => utf8(`{"${name}":{"polluted":1},"temperature":21.5}`);
  const cborOf = (name: string) =>
    Buffer.concat([
      hex("a2"),
      Uint8Array.of(0x60 + name.length),
      utf8(name),
      hex("a168706f6c6c75746564016b74656d7065726174757265f94d60"),
    ]);
  const packOf = (name: string) =>
    Buffer.concat([
      hex("82"),
      Uint8Array.of(0xa0 + name.length),
      utf8(name),
      hex("81a8706f6c6c7574656401ab74656d7065726174757265cb4035800000000000"),
    ]);

  test.each(names)("%s is a name like another, and changes nothing", (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    const cases = [
      ["json", jsonOf(name)],
      ["ndjson", jsonOf(name)],
      ["cbor", cborOf(name)],
      ["messagepack", packOf(name)],
    ] as const;
    for (const [format, payload] of cases) {
      const one = target(format);
      const { readings, quarantined } = decoderOf(one).decode([message(payload)]);
      expect([format, quarantined]).toEqual([format, []]);
      expect(readings).toMatchObject([{ metric: "temperature", valueDouble: 21.5 }]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  });
});

test("a gzip that holds gigabytes of nothing is refused before they are made", () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000), { level: 9 });
  const { quarantined } = between(target("kura"), bomb);
  expect(quarantined).toMatchObject([
    { reason: "not-well-formed", detail: expect.stringContaining("1048576") },
  ]);
});

test("cells without a value count among a Sparkplug message's readings: 60 kB are not 30,000 rows", () => {
  const elements = Array.from({ length: 10 }, () => ({}));
  const columns = elements.map((_, index) => `c${index}`);
  const rows = Array.from({ length: 2_500 }, () => ({ elements }));
  const datasetValue = { numOfColumns: 10, columns, types: columns.map(() => 3), rows };
  const payload = encodeSparkplug({ seq: 1, metrics: [{ name: "table", datatype: 16, datasetValue }] });
  const { readings, quarantined } = sparkplugDecoder().decode([
    message(payload, { channel: "telemetry/NDATA" }),
  ]);
  expect(payload.length).toBeLessThan(65_536);
  expect(readings).toHaveLength(20_000);
  expect(quarantined).toMatchObject([{ reason: "too-large" }]);
});
