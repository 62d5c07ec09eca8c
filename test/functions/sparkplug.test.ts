import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDecoder } from "../../functions/core/decoder.ts";
import { Flag, type Decoded, type Message } from "../../functions/core/model.ts";
import type { SparkplugProfile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { encodeSparkplug, type PlainMetric } from "./sparkplug-encode.ts";
import { message, received } from "./support.ts";

const now = received / 1_000;
const profile: SparkplugProfile = {
  name: "cell",
  version: "1",
  description: "d",
  format: "sparkplug-b",
  rename: { "Motor/Speed": "speed" },
  units: { "Motor/Speed": "1/min" },
};
const decoderOf = (over: Partial<SparkplugProfile> = {}) =>
  createDecoder([{ ...profile, ...over }], [{ devices: "*", profile: "cell" }], nodePorts);

const int32 = 3;
const double = 10;
const speed: PlainMetric = { name: "Motor/Speed", alias: 7, datatype: double, doubleValue: 1000 };
const temperature: PlainMetric = {
  name: "Oven/Temp",
  alias: 8,
  datatype: int32,
  intValue: 20,
  properties: { keys: ["engUnit"], values: [{ type: 12, stringValue: "Cel" }] },
};
const bdSeq = (number: number): PlainMetric => ({ name: "bdSeq", datatype: 8, longValue: number });

function sent(
  kind: string,
  seq: number,
  metrics: readonly PlainMetric[],
  over: Partial<Message> = {},
): Message {
  const channel = kind === "" ? "telemetry" : `telemetry/${kind}`;
  return message(encodeSparkplug({ timestamp: now, seq, metrics }), {
    channel,
    position: `1:${kind}:${seq}`,
    ...over,
  });
}
const birth = sent("NBIRTH", 0, [bdSeq(3), speed, temperature]);
const values = ({ readings }: Decoded) =>
  readings.map(({ metric, valueDouble, valueInt, valueBool, valueText }) => [
    metric,
    valueDouble ?? valueInt ?? valueBool ?? valueText,
  ]);

describe("a birth", () => {
  test("declares names, types, units, and says that the node is online", () => {
    const { readings, quarantined, warnings } = decoderOf().decode([birth]);
    expect(quarantined).toEqual([]);
    expect(warnings).toEqual([]);
    expect(readings).toMatchObject([
      { metric: "online", valueBool: true, ts: received, seq: 0 },
      { metric: "bd_seq", valueInt: 3 },
      { metric: "speed", valueDouble: 1000, unit: "1/min" },
      { metric: "oven_temp", valueInt: 20, unit: "Cel", ts: received, flags: 0, quality: 0 },
    ]);
  });

  test("lets data be read by alias alone, with the birth's type and unit", () => {
    const data = sent("NDATA", 1, [
      { alias: 7, doubleValue: 990.5 },
      { alias: 8, intValue: 0xffff_fffb },
    ]);
    const { readings, quarantined } = decoderOf().decode([birth, data]);
    expect(quarantined).toEqual([]);
    expect(readings.slice(4)).toMatchObject([
      { metric: "speed", valueDouble: 990.5, unit: "1/min", seq: 1 },
      { metric: "oven_temp", valueInt: -5, unit: "Cel" },
    ]);
  });

  test("of a device is the device's own, and ends with the node's next session", () => {
    const decoder = decoderOf();
    const born = sent("DBIRTH.press-7", 1, [{ ...speed, doubleValue: 5 }]);
    const data = (seq: number) => sent("DDATA.press-7", seq, [{ alias: 7, doubleValue: 6 }]);
    expect(decoder.decode([birth, born, data(2)]).readings.slice(4)).toMatchObject([
      { metric: "online", subDevice: "press-7", valueBool: true },
      { metric: "speed", subDevice: "press-7", valueDouble: 5 },
      { metric: "speed", subDevice: "press-7", valueDouble: 6 },
    ]);
    expect(decoder.decode([birth, data(1)]).quarantined).toMatchObject([{ reason: "no-birth" }]);
  });

  test("on a channel without a kind is known by what it declares", () => {
    const { readings, quarantined } = decoderOf().decode([
      sent("", 0, [bdSeq(1), speed]),
      sent("", 1, [{ alias: 7, doubleValue: 2 }]),
    ]);
    expect(quarantined).toEqual([]);
    expect(readings.at(-1)).toMatchObject({ metric: "speed", valueDouble: 2 });
  });
});

describe("data before the birth", () => {
  const early = sent("NDATA", 17, [{ alias: 7, doubleValue: 1.5 }], { position: "1:9" });

  test("are in quarantine as no-birth, and rows once the birth is there", () => {
    const decoder = decoderOf();
    const before = decoder.decode([early]);
    expect(before.readings).toEqual([]);
    expect(before.quarantined).toMatchObject([{ reason: "no-birth", message: early }]);
    const after = decoder.decode([birth]);
    expect(after.quarantined).toEqual([]);
    expect(after.readings.at(-1)).toMatchObject({ metric: "speed", valueDouble: 1.5, seq: 17 });
    const straight = decoderOf().decode([birth, early]).readings.at(-1)!;
    expect(after.readings.at(-1)).toEqual({ ...straight, flags: 0 });
    // Once is enough.
    expect(decoder.decode([birth]).readings).toHaveLength(4);
  });

  test("wait for their own device's birth, through a store where the process does not live on", () => {
    const device = sent("DDATA.a", 1, [{ alias: 7, doubleValue: 2.5 }]);
    const first = decoderOf();
    first.decode([device, early]);
    expect(first.birthKeys([device, early])).toEqual(["dev-1"]);
    const stored = JSON.parse(JSON.stringify(first.births.takeChanged())) as ReturnType<
      typeof first.births.takeChanged
    >;
    const second = decoderOf();
    second.births.restore(...stored[0]!);
    expect(values(second.decode([birth])).at(-1)).toEqual(["speed", 1.5]);
    expect(values(second.decode([sent("DBIRTH.a", 1, [speed])])).at(-1)).toEqual(["speed", 2.5]);
    const third = decoderOf();
    third.births.restore(...second.births.takeChanged()[0]!);
    expect(values(third.decode([early]))).toEqual([["speed", 1.5]]);
    third.births.restore("dev-1", null);
    expect(third.decode([early]).quarantined).toMatchObject([{ reason: "no-birth" }]);
  });

  test("wait in bounded memory: what is beyond is in quarantine only", () => {
    const decoder = decoderOf();
    const many = Array.from({ length: 400 }, (_, index) =>
      sent("NDATA", index % 256, [{ alias: 7, doubleValue: index }], { position: `1:${index}` }),
    );
    expect(decoder.decode(many).quarantined).toHaveLength(400);
    expect(decoder.decode([birth]).readings).toHaveLength(4 + 256);
  });

  test("that say name and type themselves need no birth", () => {
    const { readings, quarantined } = decoderOf().decode([
      sent("NDATA", 1, [{ name: "x", datatype: 11, booleanValue: true }]),
    ]);
    expect(quarantined).toEqual([]);
    expect(readings).toMatchObject([{ metric: "x", valueBool: true }]);
  });

  test("an alias that the birth does not have costs no other metric", () => {
    const { readings, quarantined } = decoderOf().decode([
      birth,
      sent("NDATA", 1, [
        { alias: 99, intValue: 1 },
        { alias: 7, doubleValue: 3 },
      ]),
    ]);
    expect(readings.at(-1)).toMatchObject({ metric: "speed", valueDouble: 3 });
    expect(quarantined).toMatchObject([{ reason: "no-birth", detail: expect.stringContaining("alias 99") }]);
  });
});

describe("deaths", () => {
  const data = sent("NDATA", 1, [{ alias: 7, doubleValue: 3 }]);

  test("of a node end its session, at arrival", () => {
    const decoder = decoderOf();
    const dead = message(encodeSparkplug({ timestamp: now - 3_600_000, metrics: [bdSeq(3)] }), {
      channel: "telemetry/NDEATH",
    });
    const { readings, quarantined } = decoder.decode([birth, dead, data]);
    expect(readings.slice(4)).toMatchObject([{ metric: "online", valueBool: false, ts: received }]);
    expect(quarantined).toMatchObject([{ reason: "no-birth" }]);
  });

  test("of an older session change nothing", () => {
    const { readings, warnings } = decoderOf().decode([birth, sent("NDEATH", 0, [bdSeq(2)]), data]);
    expect(warnings).toMatchObject([{ code: "old-death" }]);
    expect(readings.at(-1)).toMatchObject({ metric: "speed", valueDouble: 3 });
  });

  test("of a device leave the node alone", () => {
    const { readings, quarantined } = decoderOf().decode([
      birth,
      sent("DBIRTH.a", 1, [speed]),
      sent("DDEATH.a", 2, []),
      sent("NDATA", 3, [{ alias: 7, doubleValue: 3 }]),
      sent("DDATA.a", 4, [{ alias: 7, doubleValue: 3 }]),
    ]);
    expect(readings.slice(-2)).toMatchObject([
      { metric: "online", subDevice: "a", valueBool: false },
      { metric: "speed", subDevice: null },
    ]);
    expect(quarantined).toHaveLength(1);
  });
});

describe("sequence", () => {
  const gaps = (numbers: readonly number[]): number[] => {
    const messages = numbers.map((seq, index) =>
      sent("NDATA", seq, [{ alias: 7, doubleValue: index }], { position: `1:${index}` }),
    );
    return decoderOf()
      .decode([birth, ...messages])
      .readings.slice(4)
      .map(({ flags }) => (flags & Flag.seqGap ? 1 : 0));
  };

  test("counts to 255 and again from 0; only a skipped number is a gap", () => {
    expect(gaps([1, 2, 2, 3])).toEqual([0, 0, 0, 0]);
    expect(gaps([1, 3, 4])).toEqual([0, 1, 0]);
    expect(gaps([255, 0, 1])).toEqual([1, 0, 0]);
    expect(gaps([254, 0])).toEqual([1, 1]);
  });

  test("of 2^64-1, as a gateway sends for none, is kept and flagged", () => {
    const bytes = Uint8Array.of(
      ...encodeSparkplug({ metrics: [{ name: "x", datatype: 7, intValue: 1 }] }),
      0x18,
      ...Array<number>(9).fill(0xff),
      1,
    );
    const { readings, warnings } = decoderOf().decode([message(bytes, { channel: "telemetry/NDATA" })]);
    expect(readings).toMatchObject([{ seq: -1n, flags: Flag.seqGap | Flag.tsFromIngest }]);
    expect(warnings).toMatchObject([{ code: "sequence-range" }]);
  });
});

describe("values", () => {
  const one = (metric: PlainMetric, over: Partial<SparkplugProfile> = {}) =>
    decoderOf(over).decode([sent("NDATA", 1, [{ name: "m", ...metric }])]);

  test("null, NaN, integers beyond 64 bits signed, historical ones", () => {
    expect(one({ datatype: double, isNull: true }).readings).toMatchObject([
      { quality: 2, valueDouble: null },
    ]);
    expect(one({ datatype: double, doubleValue: NaN }).readings).toMatchObject([
      { quality: 2, flags: Flag.notANumber },
    ]);
    const bits = Uint8Array.of(0x12, 0x10, 0x0a, 1, 0x6d, 0x20, 8, 0x58, ...Array<number>(9).fill(0xff), 1);
    expect(decoderOf().decode([message(bits)]).readings).toMatchObject([
      { valueText: "18446744073709551615" },
    ]);
    expect(one({ datatype: int32, intValue: 1, isHistorical: true }).readings).toMatchObject([
      { flags: Flag.historical },
    ]);
    expect(one({ datatype: int32, intValue: 1, timestamp: now - 1_000 }).readings).toMatchObject([
      { ts: received - 1_000_000 },
    ]);
  });

  test.each<[number | null, number, number | null]>([
    [192, 0, 5],
    [0, 2, null],
    [500, 3, 5],
    [64, 1, 5],
    [null, 0, 5],
  ])("quality %p is %p", (code, quality, valueInt) => {
    const properties = {
      keys: ["Quality"],
      values: [{ type: 3, intValue: code ?? undefined, isNull: code === null }],
    };
    expect(one({ datatype: int32, intValue: 5, properties }).readings).toMatchObject([{ quality, valueInt }]);
  });

  test("arrays, data sets and templates become a reading a cell", () => {
    expect(values(one({ datatype: 24, bytesValue: Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255) }))).toEqual([
      ["m_0", 1],
      ["m_1", -1],
    ]);
    const datasetValue = {
      numOfColumns: 2,
      columns: ["Speed", "Ok?"],
      types: [double, 11],
      rows: [
        { elements: [{ doubleValue: 1.5 }, { booleanValue: true }] },
        { elements: [{}, { booleanValue: false }] },
      ],
    };
    expect(values(one({ datatype: 16, datasetValue }))).toEqual([
      ["m_0_speed", 1.5],
      ["m_0_ok", true],
      ["m_1_speed", null],
      ["m_1_ok", false],
    ]);
    const templateValue = {
      templateRef: "pump",
      metrics: [{ name: "On", datatype: 11, booleanValue: true }],
    };
    expect(values(one({ datatype: 19, templateValue }))).toEqual([["m_on", true]]);
  });

  test("a transient metric is left out where the profile says so", () => {
    const metric = { datatype: int32, intValue: 1, isTransient: true };
    expect(one(metric).readings).toHaveLength(1);
    expect(one(metric, { transient: "drop" }).readings).toHaveLength(0);
  });

  test.each<[string, PlainMetric, string]>([
    ["another field than the type's", { datatype: double, intValue: 1 }, "schema"],
    ["no value and not null", { datatype: double }, "schema"],
    ["a type that there is not", { datatype: 99, intValue: 1 }, "unknown-type"],
    ["out of the type's range", { datatype: 5, intValue: 256 }, "value-range"],
    ["an array cut short", { datatype: 24, bytesValue: Uint8Array.of(1, 2, 3) }, "not-well-formed"],
    [
      "more booleans than bytes",
      { datatype: 32, bytesValue: Uint8Array.of(255, 255, 255, 255) },
      "not-well-formed",
    ],
    ["a text array that is not closed", { datatype: 33, bytesValue: Uint8Array.of(65) }, "not-well-formed"],
    ["a name of which nothing is left", { name: "温度", datatype: int32, intValue: 1 }, "schema"],
    [
      "a data set of other columns",
      { datatype: 16, datasetValue: { numOfColumns: 2, columns: ["a"], types: [3] } },
      "schema",
    ],
  ])("%s: the other metrics are kept", (_, metric, reason) => {
    const { readings, quarantined } = decoderOf().decode([
      sent("NDATA", 1, [
        { name: "m", ...metric },
        { name: "good", datatype: int32, intValue: 1 },
      ]),
    ]);
    expect(readings).toMatchObject([{ metric: "good", valueInt: 1 }]);
    expect(quarantined).toMatchObject([{ reason }]);
  });
});

test("integers of every width, by whichever field, come back as they were", () => {
  const widths: [number, bigint, bigint][] = [
    [1, -128n, 127n],
    [2, -32768n, 32767n],
    [3, -(2n ** 31n), 2n ** 31n - 1n],
    [5, 0n, 255n],
    [6, 0n, 65535n],
    [7, 0n, 2n ** 32n - 1n],
  ];
  const sample = fc
    .constantFrom(...widths)
    .chain(([type, least, most]) => fc.tuple(fc.constant(type), fc.bigInt({ min: least, max: most })));
  fc.assert(
    fc.property(sample, fc.constantFrom(8, 16, 32, 64), ([datatype, value], width) => {
      // Bits of a negative number: those of its type at least, and of both halves of a long.
      const bits = width === 64 ? 64 : Math.max(width, [32, 8, 16][datatype] ?? 32);
      const raw = BigInt.asUintN(bits, value);
      const field = bits === 64 ? { longValue: raw.toString() } : { intValue: Number(raw) };
      const bytes = encodeSparkplug({ metrics: [{ name: "m", datatype, ...field }] });
      const { readings } = decoderOf().decode([message(bytes, { channel: "telemetry/NDATA" })]);
      expect(readings).toMatchObject([{ valueInt: Number(value) }]);
    }),
  );
});
