import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDecoder } from "../../functions/core/decoder.ts";
import { globTest } from "../../functions/core/dispatch.ts";
import type { Decoded, Message } from "../../functions/core/model.ts";
import * as Flag from "../../functions/core/flags.ts";
import { quarantineReasons } from "../../functions/core/model.ts";
import type {
  Binding,
  CayenneLppProfile,
  DocumentProfile,
  Profile,
} from "../../functions/core/profiles/profile.ts";
import { maximumDetail } from "../../functions/core/quarantine.ts";
import { nodePorts } from "../../functions/platform.ts";
import { profileFamilies, readProfiles } from "../../profiles/read.ts";
import { bytesOf, decodeWith, json, message, received, utf8 } from "./support.ts";

const lpp: CayenneLppProfile = { name: "lpp", version: "3", description: "d", format: "cayenne-lpp" };
const machine: DocumentProfile = {
  name: "machine",
  version: "1",
  description: "d",
  format: "json",
  sequence: { path: "seq" },
  fields: [{ path: "v" }],
};
const temperature = bytesOf("03670110");

function decode(
  bindings: readonly Binding[],
  messages: readonly Message[],
  profiles: readonly Profile[] = [lpp, machine],
): Decoded {
  return createDecoder(profiles, bindings, nodePorts).decode(messages);
}

describe("dispatch", () => {
  test.each<[string, string, boolean]>([
    ["*", "anything", true],
    ["imu-*", "imu-7", true],
    ["imu-*", "imu", false],
    ["imu-?", "imu-12", false],
    ["telemetry*", "telemetry/imu", true],
    ["a.c", "abc", false],
    ["(x|y)+", "x", false],
    ["exact", "exact", true],
  ])("glob %s on %s: %p", (glob, text, expected) => expect(globTest(glob)(text)).toBe(expected));

  test("the first binding that matches wins; without a channel it is for telemetry and its streams", () => {
    const bindings = [
      { devices: "dev-1", channel: "telemetry/json", profile: "machine" },
      { devices: "dev-*", profile: "lpp" },
    ];
    const { readings, quarantined } = decode(bindings, [
      message(temperature),
      message(temperature, { channel: "telemetry/x" }),
      message('{"v":1}', { channel: "telemetry/json" }),
      message(temperature, { channel: "events" }),
      message(temperature, { deviceId: "other" }),
    ]);
    expect(readings.map(({ codec }) => codec)).toEqual(["lpp", "lpp", "machine"]);
    expect(quarantined).toMatchObject([
      { reason: "no-codec", codec: "none", codecVersion: "0", message: { channel: "events" } },
      { reason: "no-codec", message: { deviceId: "other" } },
    ]);
  });

  test("the status channel has a codec of its own, which a binding can replace", () => {
    const status = (payload: string) => message(payload, { channel: "status" });
    const { readings, quarantined } = decode(
      [{ devices: "*", profile: "lpp" }],
      [
        status('{"online":true,"ts":1700000000000,"reason":"hello"}'),
        status('{"online":false}'),
        status("offline"),
        status('{"online":"yes"}'),
      ],
    );
    expect(readings).toMatchObject([
      { metric: "online", valueBool: true, ts: received, codec: "status", flags: 0 },
      { metric: "online", valueBool: false, flags: Flag.tsFromIngest },
    ]);
    expect(quarantined.map(({ reason }) => reason)).toEqual(["not-well-formed", "schema"]);
    const replaced = decode([{ devices: "*", channel: "status", profile: "machine" }], [status('{"v":2}')]);
    expect(replaced.readings).toMatchObject([{ metric: "v", codec: "machine" }]);
  });

  test("a binding to no profile, and a profile of no sense, are told when the decoder is made", () => {
    expect(() => decode([{ devices: "*", profile: "toaster" }], [])).toThrow(
      /bindings\[0\]: profile "toaster" is not among the profiles \(status, lpp, machine\)/,
    );
    const broken = { ...machine, name: "broken", fields: [{ path: "a..b" }] };
    expect(() => decode([], [], [broken])).toThrow(/profile "broken": path "a\.\.b"/);
  });
});

describe("rows", () => {
  test("what a row takes from the envelope, whatever the payload says", () => {
    const payload = json({ seq: 5, v: 1, tenant: "evil", device_id: "evil", deviceId: "evil" });
    const { readings } = decodeWith(machine, [message(payload)], { tenant: "stack" });
    expect(readings).toEqual([
      {
        tenant: "stack",
        deviceId: "dev-1",
        subDevice: null,
        ts: received,
        tsRaw: null,
        tsNs: null,
        metric: "v",
        valueDouble: 1,
        valueInt: null,
        valueBool: null,
        valueText: null,
        valueBytes: null,
        unit: null,
        quality: 0,
        flags: Flag.tsFromIngest,
        seq: 5,
        ingestTs: received,
        msgId: expect.any(Uint8Array),
        lane: "live",
        codec: "machine",
        codecVersion: "1",
      },
    ]);
    expect(readings[0]!.msgId).toHaveLength(16);
  });

  test("order in, order out; one bad message costs no other", () => {
    const messages = [1, 2, 3].map((v) =>
      message(v === 2 ? "broken" : json({ seq: v, v }), { position: `1:${v}` }),
    );
    const { readings, quarantined } = decodeWith(machine, messages);
    expect(readings.map(({ valueDouble }) => valueDouble)).toEqual([1, 3]);
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]!.message).toBe(messages[1]);
  });

  test("a counter beyond the column keeps its bits: 2^64-1 reads -1", () => {
    const { readings } = decodeWith(machine, [message('{"seq":18446744073709551615,"v":1}')]);
    expect(readings[0]!.seq).toBe(-1n);
  });

  test("skipped numbers are flagged where asked for", () => {
    const messages = [1, 2, 5].map((seq) => message(json({ seq, v: 0 })));
    const flags = (trackSequence: boolean) =>
      decodeWith(machine, messages, { trackSequence }).readings.map((row) => row.flags & Flag.seqGap);
    expect(flags(true)).toEqual([0, 0, Flag.seqGap]);
    expect(flags(false)).toEqual([0, 0, 0]);
  });

  test("the clock window is an option, in seconds", () => {
    const given: DocumentProfile = { ...machine, time: { path: "ts", unit: "s" } };
    const late = message(json({ v: 1, ts: received / 1_000_000 - 61 }));
    const flagsWith = (behind: number) =>
      decodeWith(given, [late], { clockWindow: { behind, ahead: 0 } }).readings[0]!.flags;
    expect([flagsWith(61), flagsWith(60)]).toEqual([0, Flag.late | Flag.clockSuspect]);
  });

  test("an unknown unit is stored as sent, and told of once", () => {
    const senml = { name: "s", version: "1", description: "d", format: "senml-json" } as const;
    const pack = message('[{"n":"a","u":"°C","v":1},{"n":"b","u":"°C","v":2}]');
    const { readings, warnings } = decodeWith(senml, [pack, pack]);
    expect(readings.map(({ unit }) => unit)).toEqual(["°C", "°C", "°C", "°C"]);
    expect(warnings).toMatchObject([
      { code: "unknown-unit", deviceId: "dev-1", detail: expect.stringContaining("°C") },
    ]);
  });
});

describe("quarantine", () => {
  test("empty, too large, and the limit as an option", () => {
    const reasons = (messages: Message[], maximumPayloadBytes?: number) =>
      decodeWith(machine, messages, { maximumPayloadBytes }).quarantined.map(({ reason }) => reason);
    expect(reasons([message(""), message(new Uint8Array(65_537))])).toEqual(["empty", "too-large"]);
    expect(reasons([message(json({ v: "x".repeat(70_000) }))], 100_000)).toEqual(["schema"]);
  });

  test("keeps the message whole, with an id that is stable over replays", () => {
    const bad = message(bytesOf("ff00"), { position: "3:7" });
    const [first] = decodeWith(lpp, [bad]).quarantined;
    expect(first).toMatchObject({ message: bad, codec: "lpp", codecVersion: "3" });
    expect(decodeWith(lpp, [bad]).quarantined[0]!.msgId).toEqual(first!.msgId);
  });

  test("takes the same unreadable bytes for the same message wherever they stand, but not what no codec was bound to", () => {
    const bad = message(bytesOf("ff00"), { position: "3:7" });
    const again = { ...bad, position: "3:8" };
    const idOf = (bindings: readonly Binding[], one: Message) =>
      decode(bindings, [one]).quarantined[0]!.msgId;
    const bound = [{ devices: "*", profile: "lpp" }];
    expect(idOf(bound, again)).toEqual(idOf(bound, bad));
    expect(idOf([], again)).not.toEqual(idOf([], bad));
  });

  test("one entry a message, its detail bounded, however much is wrong", () => {
    const senml = { name: "s", version: "1", description: "d", format: "senml-json" } as const;
    const records = Array.from({ length: 100 }, (_, index) => ({
      n: `bad name ${index} ${"x".repeat(200)}`,
      v: 1,
    }));
    const { readings, quarantined } = decodeWith(senml, [message(json([...records, { n: "good", v: 1 }]))]);
    expect(readings).toMatchObject([{ metric: "good" }]);
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]!.detail.length).toBeLessThanOrEqual(maximumDetail);
    expect(quarantined[0]!.detail).toMatch(/^partly decoded: record 0: .*; and 95 more$/s);
  });
});

test("whatever arrives at whatever profile: nothing is thrown, every row is whole, every refusal has a reason", async () => {
  const profiles = await readProfiles(await profileFamilies());
  const bindings = profiles.map(({ name }) => ({ devices: name, channel: "*", profile: name }));
  const decoder = createDecoder(profiles, bindings, nodePorts);
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.json().map(utf8),
    fc
      .array(fc.dictionary(fc.constantFrom("n", "v", "vs", "t", "bn", "bt", "bv", "u", "x_"), fc.jsonValue()))
      .map(json),
    fc.uint8Array({ minLength: 61, maxLength: 61 }).map((bytes) => Uint8Array.of(1, ...bytes)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...profiles),
      payload,
      fc.constantFrom("live", "offline"),
      ({ name }, bytes, lane) => {
        const { readings, frames, quarantined } = decoder.decode([
          message(bytes, { deviceId: name, lane: lane as "live" }),
        ]);
        for (const row of readings) {
          const values = [row.valueDouble, row.valueInt, row.valueBool, row.valueText, row.valueBytes];
          expect(values.filter((value) => value !== null)).toHaveLength(row.quality === 2 ? 0 : 1);
          expect(row.valueDouble === null || Number.isFinite(row.valueDouble)).toBe(true);
          expect(row.metric).toMatch(/^[a-z][a-z0-9_]*$/);
        }
        for (const row of [...readings, ...frames]) {
          expect(Number.isSafeInteger(row.ts)).toBe(true);
          expect(row.msgId).toHaveLength(16);
          expect(row.msgId.some((byte) => byte !== 0)).toBe(true);
        }
        for (const row of frames) expect(row.values).toHaveLength(row.table.columns.length);
        for (const { reason, detail } of quarantined) {
          expect(quarantineReasons).toContain(reason);
          expect(reason).not.toBe("codec-threw");
          expect(detail.length).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
