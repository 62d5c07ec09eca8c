import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { IdentityRule } from "../../functions/core/dedupe.ts";
import {
  discriminator,
  identityRules,
  MessageIdentity,
  RecentMessages,
} from "../../functions/core/dedupe.ts";
import type { Message } from "../../functions/core/model.ts";
import type { DocumentProfile } from "../../functions/core/profiles/profile.ts";
import { decodeWith, hexOf, json, message, received, sha256, utf8 } from "./support.ts";

const machine: DocumentProfile = {
  name: "machine",
  version: "1",
  description: "d",
  format: "json",
  time: { path: "ts", unit: "ms" },
  sequence: { path: "seq" },
  fields: [{ path: "v" }],
};

const idOf = (value: object, over: Partial<Message> = {}, identity?: IdentityRule): string => {
  const profile = identity === undefined ? machine : { ...machine, identity };
  return hexOf(decodeWith(profile, [message(json(value), over)]).readings[0]!.msgId);
};

describe("message id", () => {
  test("is the first half of SHA-256 over device, channel, discriminator and payload, lengths in front", () => {
    const given = message(utf8("payload"), { deviceId: "dev-1", channel: "telemetry" });
    const part = (text: string) =>
      Buffer.concat([Buffer.from(Uint32Array.of(text.length).buffer).swap32(), Buffer.from(text)]);
    const whole = Buffer.concat([part("dev-1"), part("telemetry"), part("s7"), Buffer.from("payload")]);
    const expected = createHash("sha256").update(whole).digest("hex").slice(0, 32);
    expect(hexOf(new MessageIdentity(sha256).id(given, "s7"))).toBe(expected);
  });

  test("two messages that differ anywhere have two ids, however their parts are cut", () => {
    const part = fc.string({ unit: "grapheme", maxLength: 4 });
    const anyMessage = fc.tuple(part, part, part, fc.uint8Array({ maxLength: 4 }));
    const identity = new MessageIdentity(sha256);
    fc.assert(
      fc.property(anyMessage, anyMessage, (one, other) => {
        const [left, right] = [one, other].map(([deviceId, channel, mark, payload]) =>
          hexOf(identity.id(message(payload, { deviceId, channel }), mark)),
        );
        const well = (text: string) => text.toWellFormed();
        const same = [0, 1, 2].every((at) => well(one[at] as string) === well(other[at] as string));
        expect(left === right).toBe(same && Buffer.compare(one[3], other[3]) === 0);
      }),
    );
  });

  test("counted messages, whose digits are not text first, have the id that their text gives", () => {
    const identity = new MessageIdentity(sha256);
    const count = fc.oneof(
      fc.maxSafeInteger(),
      fc.nat(20),
      fc.constantFrom(0, 9, 10, 999_999_999, 1e9, 2 ** 53 - 1),
    );
    const device = fc.constantFrom("dev-1", "dev-2");
    fc.assert(
      fc.property(
        count,
        count,
        device,
        fc.uint8Array({ maxLength: 9 }),
        (sequence, time, deviceId, payload) => {
          const given = message(payload, { deviceId });
          const id = new Uint8Array(16);
          identity.identify(given, "derived", sequence, time, id);
          const text = discriminator("derived", given, sequence, time);
          expect(hexOf(id)).toBe(hexOf(new MessageIdentity(sha256).id(given, text)));
        },
      ),
    );
  });

  test("a long message after a short one, and the other way round", () => {
    const identity = new MessageIdentity(sha256);
    const long = message(new Uint8Array(60_000).fill(7));
    const before = hexOf(identity.id(long, "c"));
    identity.id(message("x"), "c");
    expect(hexOf(identity.id(long, "c"))).toBe(before);
  });
});

describe("what makes two messages the same", () => {
  const at = (position: string, over: Partial<Message> = {}) => ({
    position,
    receivedAt: received + 5,
    ...over,
  });

  test("counter and time of the device: repeats and replays have the same id, wherever they stand", () => {
    const value = { seq: 1, ts: received / 1_000, v: 1 };
    expect(idOf(value, at("1:2"))).toBe(
      idOf(value, at("9:9", { receivedAt: received + 1_000_000, lane: "offline" })),
    );
  });

  test.each([{ seq: 2 }, { ts: received / 1_000 + 1 }, { v: 2 }])("%p is another message", (over) => {
    const value = { seq: 1, ts: received / 1_000, v: 1 };
    expect(idOf({ ...value, ...over }, at("1:2"))).not.toBe(idOf(value, at("1:2")));
  });

  test("another device or channel is another message", () => {
    const value = { seq: 1, v: 1 };
    expect(idOf(value, { deviceId: "dev-2" })).not.toBe(idOf(value));
    expect(idOf(value, { channel: "events" })).not.toBe(idOf(value));
  });

  test("neither counter nor time: the position; two equal readings stay two", () => {
    expect(idOf({ v: 1 }, at("1:2"))).not.toBe(idOf({ v: 1 }, at("1:3")));
    expect(idOf({ v: 1 }, at("1:2"))).toBe(idOf({ v: 1 }, at("1:2")));
  });

  test("an unset clock is no time: two restarts of a device stay two", () => {
    expect(idOf({ ts: 5_000, v: 1 }, at("1:2"))).not.toBe(idOf({ ts: 5_000, v: 1 }, at("1:3")));
    expect(idOf({ seq: 1, ts: 5_000, v: 1 }, at("1:2"))).toBe(idOf({ seq: 1, ts: 5_000, v: 1 }, at("1:3")));
  });

  test.each<[IdentityRule, object, boolean]>([
    ["content", { v: 1 }, true],
    ["position", { seq: 1, ts: received / 1_000, v: 1 }, false],
    ["sequence", { seq: 1, v: 1 }, true],
    ["sequence", { ts: received / 1_000, v: 1 }, false],
    ["time", { ts: received / 1_000, v: 1 }, true],
    ["time", { seq: 1, v: 1 }, false],
    ["derived", { seq: 1, v: 1 }, true],
    ["derived", { ts: received / 1_000, v: 1 }, true],
  ])("rule %s for %p: the same at another position? %p", (rule, value, same) => {
    expect(idOf(value, at("1:2"), rule) === idOf(value, at("1:3"), rule)).toBe(same);
  });

  test("rules never mix: a counter is no time, and neither is a position", () => {
    const given = message("x", { position: "5" });
    const marks = new Set([
      ...identityRules.map((rule) => discriminator(rule, given, 5, 5)),
      discriminator("derived", given, 5, null),
      discriminator("derived", given, null, 5),
    ]);
    expect(marks).toEqual(new Set(["s5t5", "s5", "t5", "c", "p5"]));
  });
});

describe("recent messages", () => {
  const id = (number: number): Uint8Array =>
    Uint8Array.from({ length: 16 }, (_, index) => (number >> (8 * index)) & 255);

  test("an id is new once, then known for at least the capacity", () => {
    const recent = new RecentMessages(100);
    expect(recent.seen(id(0))).toBe(false);
    for (let number = 1; number <= 100; number++) expect(recent.seen(id(number))).toBe(false);
    expect(recent.seen(id(0))).toBe(true);
  });

  test("memory is bounded: what is long ago is forgotten", () => {
    const recent = new RecentMessages(10);
    for (let number = 0; number < 100; number++) recent.seen(id(number));
    expect(recent.seen(id(0))).toBe(false);
    expect(recent.seen(id(99))).toBe(true);
  });
});
