import { describe, expect, test } from "@jest/globals";
import * as Flag from "../../functions/core/flags.ts";
import { bytesOfNode, nodeOfBytes } from "../../functions/kept-node.ts";
import { encodeSparkplug } from "./sparkplug-encode.ts";
import { bdSeq, birth, decoderOf, now, sent, speed, values } from "./sparkplug-support.ts";
import { message, received } from "./support.ts";

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
    const [changed] = first.births.takeChanged();
    const stored = nodeOfBytes("dev-1", bytesOfNode(changed![1]));
    const second = decoderOf();
    second.births.restore("dev-1", stored);
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
    const atFirst = decoder.decode(many).quarantined;
    expect(atFirst).toHaveLength(400);
    const freed = decoder.decode([birth]).readings.slice(4);
    expect(freed).toHaveLength(256);
    // What did not find room is decoded by the birth that came, from quarantine, by the id that it has there.
    const replayed = decoder.decode(many);
    expect(replayed.quarantined).toEqual([]);
    expect(replayed.readings.map(({ msgId }) => msgId)).toEqual(atFirst.map(({ msgId }) => msgId));
    expect(replayed.readings.map(({ valueDouble }) => valueDouble)).toEqual(many.map((_, index) => index));
  });

  test("have an empty name beside the alias, by some encoders", () => {
    const named = sent("NDATA", 1, [{ name: "", alias: 7, doubleValue: 3 }]);
    expect(values(decoderOf().decode([birth, named])).at(-1)).toEqual(["speed", 3]);
    expect(decoderOf().decode([named]).quarantined).toMatchObject([{ reason: "no-birth" }]);
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

describe("files", () => {
  const lane = "offline";
  const data = sent("NDATA", 1, [{ alias: 7, doubleValue: 3 }]);
  const otherBirth = sent("NBIRTH", 0, [bdSeq(1), { ...speed, name: "Other/Name" }], { lane });

  test("leave births, deaths and the sequence of the node alone", () => {
    const decoder = decoderOf();
    decoder.decode([birth]);
    decoder.births.takeChanged();
    const dead = sent("NDEATH", 0, [bdSeq(1)], { lane });
    const read = decoder.decode([otherBirth, { ...data, lane }, dead, data]);
    expect(values(read)).toEqual([
      ["online", true],
      ["bd_seq", 1],
      ["other_name", 1000],
      ["other_name", 3],
      ["online", false],
      ["speed", 3],
    ]);
    expect(read.readings.at(-1)).toMatchObject({ flags: 0 });
    expect(decoder.births.takeChanged()).toEqual([]);
  });

  test("are read by the node's birth where they have none, and do not set its data free", () => {
    const decoder = decoderOf();
    expect(values(decoder.decode([birth, { ...data, lane }])).at(-1)).toEqual(["speed", 3]);
    const empty = decoderOf();
    expect(empty.decode([data, otherBirth]).readings).toHaveLength(3);
    expect(values(empty.decode([birth])).at(-1)).toEqual(["speed", 3]);
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
