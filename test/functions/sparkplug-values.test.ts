import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as Flag from "../../functions/core/flags.ts";
import type { SparkplugProfile } from "../../functions/core/profiles/profile.ts";
import { encodeSparkplug, type PlainMetric } from "./sparkplug-encode.ts";
import { decoderOf, double, int32, now, sent, values } from "./sparkplug-support.ts";
import { message, received } from "./support.ts";

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

  test("a real number without a type is one, whatever its digits", () => {
    const born = sent("NBIRTH", 0, [{ name: "m", alias: 7, doubleValue: 1968.000_000_1 }]);
    const data = sent("NDATA", 1, [{ alias: 7, floatValue: 2 }]);
    expect(decoderOf().decode([born, data]).readings.slice(1)).toMatchObject([
      { metric: "m", valueDouble: 1968.000_000_1, valueInt: null },
      { metric: "m", valueDouble: 2, valueInt: null },
    ]);
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
