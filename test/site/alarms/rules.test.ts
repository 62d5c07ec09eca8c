/** Rules one by one: what raises and ends an alarm, over a store on disk and readings by hand. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "../../../bench/support/authority.ts";
import {
  alarmRules,
  type AlarmRule,
  type LateRule,
  type LimitRule,
} from "../../../functions/core/alarm-rule.ts";
import { AlarmBook } from "../../../site/alarms/alarm-book.ts";
import { AnomalyRules } from "../../../site/alarms/anomaly-rules.ts";
import type { Alarm } from "../../../functions/alarms/alarm.ts";
import { judgeLate } from "../../../site/alarms/late-rules.ts";
import { LimitRules } from "../../../site/alarms/limit-rules.ts";
import type { NewReading } from "../../../site/alarms/new-readings.ts";
import { Notices } from "../../../site/alarms/notices.ts";
import { RuleEvents } from "../../../site/alarms/rule-events.ts";
import { postWebhook } from "../../../site/alarms/webhook.ts";
import { openStateStore, type StateStore } from "../../../site/broker/state-store.ts";
import { Keyring } from "../../../site/seal.ts";
import { seasonal } from "../../functions/insights/support.ts";
import { silent } from "../broker/support.ts";

const minute = 60_000_000;
const keyring = new Keyring(randomBytes(32));
let folder: string;
let store: StateStore;
let book: AlarmBook;
let told: Alarm[];
let events: RuleEvents;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-alarms-"));
  await open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
  store = await openStateStore({ folder, keyring, purpose: "alarms" });
  book = new AlarmBook(store);
  told = [];
  events = new RuleEvents(book, (alarm) => told.push(alarm));
}

const ruleOf = (rule: object): AlarmRule => alarmRules.parse([rule])[0]!;
const reading = (time: number, value: number, more: Partial<NewReading> = {}): NewReading => ({
  device: "press-1",
  sub: null,
  metric: "temperature",
  time,
  value,
  arrived: time,
  msgId: "00",
  codec: "machine-json",
  codecVersion: "1",
  ...more,
});
const seen = () => told.map(({ device, raisedAt, clearedAt }) => [device, raisedAt, clearedAt]);

describe("limits", () => {
  const rule = ruleOf({
    kind: "limit",
    name: "cold",
    metric: "temperature",
    below: 4,
    release: 6,
  }) as LimitRule;

  test("each series has its own; out of order and repeated readings change nothing", () => {
    const limits = new LimitRules(store, events);
    for (const one of [
      reading(10, 3),
      reading(10, 3),
      reading(5, 9),
      reading(11, 3, { device: "press-2" }),
      reading(12, 3, { sub: "left" }),
      reading(20, 5),
      reading(21, 7),
    ])
      limits.judge(rule, one);
    expect(seen()).toEqual([
      ["press-1", 10, null],
      ["press-2", 11, null],
      ["press-1", 12, null],
      ["press-1", 10, 21],
    ]);
    expect(book.list({ state: "open", limit: 10 }).alarms.map(({ device, sub }) => [device, sub])).toEqual([
      ["press-1", "left"],
      ["press-2", null],
    ]);
  });

  test("a site that comes back goes on where it was: the same alarm ends, none is told twice", async () => {
    new LimitRules(store, events).judge(rule, reading(10, 3));
    await store.close();
    await open();
    const limits = new LimitRules(store, events);
    limits.judge(rule, reading(10, 3));
    limits.judge(rule, reading(11, 2));
    expect(told).toEqual([]);
    limits.judge(rule, reading(12, 8));
    expect(seen()).toEqual([["press-1", 10, 12]]);
  });
});

describe("late devices", () => {
  const rule = ruleOf({ kind: "late", name: "silent", devices: "press-*", minutes: 10 }) as LateRule;
  const judge = (lastSeen: number | null, now: number, revoked = false, since = 0) => {
    const device = { deviceId: "press-1", profile: null, pinned: false, connected: false, online: null };
    const devices = () => [
      { ...device, lastSeen, revoked, certificateNotAfter: null },
      { ...device, deviceId: "room-1", lastSeen: 0, revoked: false, certificateNotAfter: null },
    ];
    judgeLate({ rules: [rule], fleet: { devices }, book, events, since, now });
  };

  test("raise after the time, once, and end with the next word; others and strangers do not", () => {
    judge(null, 100 * minute);
    judge(5 * minute, 14 * minute);
    expect(told).toEqual([]);
    judge(5 * minute, 15 * minute);
    judge(5 * minute, 40 * minute);
    judge(41 * minute, 42 * minute);
    expect(seen()).toEqual([
      ["press-1", 15 * minute, null],
      ["press-1", 15 * minute, 41 * minute],
    ]);
  });

  test("nobody is late for the time in which the site was down; a revoked device is silent by intention", () => {
    judge(5 * minute, 105 * minute, false, 100 * minute);
    expect(told).toEqual([]);
    judge(5 * minute, 110 * minute, false, 100 * minute);
    expect(seen()).toEqual([["press-1", 110 * minute, null]]);
    judge(5 * minute, 111 * minute, true, 100 * minute);
    expect(book.list({ state: "open", limit: 1 }).matching).toBe(0);
  });
});

describe("anomalies", () => {
  const rule = ruleOf({ kind: "anomaly", name: "odd", metric: "temperature" });
  if (rule.kind !== "anomaly") throw new Error("not the rule that was asked for");
  const values = [...seasonal(24 * 40, 24)];

  test("what was before is learnt from the lake; one event is one alarm, which ends when all is usual again", async () => {
    const asked: unknown[] = [];
    const lake = {
      query: (_sql: string, { parameters = [] }) => {
        asked.push(parameters);
        const rows = values
          .slice(0, 900)
          .toReversed()
          .map((value) => [value]);
        return Promise.resolve({ columns: [], rows, truncated: false, milliseconds: 0 });
      },
    };
    const anomalies = new AnomalyRules(lake as never, book, events);
    values[905]! += 20;
    for (const [index, value] of values.slice(900, 940).entries())
      await anomalies.judge(rule, reading(900 + index, value));
    expect(asked).toEqual([["temperature", "press-1", null, 900, 6000]]);
    expect(told.map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt === null])).toEqual([
      [905, true],
      [905, false],
    ]);
    expect(told[0]?.detail).toMatch(/^temperature is .*; expected was .* \(spike\)$/);
  });

  test("more series than there is room for are counted, not forgotten about", async () => {
    const lake = {
      query: () => Promise.resolve({ columns: [], rows: [], truncated: false, milliseconds: 0 }),
    };
    const anomalies = new AnomalyRules(lake as never, book, events);
    for (let device = 0; device < 302; device++)
      await anomalies.judge(rule, reading(1, 1, { device: `press-${device}` }));
    expect(anomalies.unwatched).toBe(2);
  });
});

describe("notices", () => {
  const alarm = { id: "0123456789abcdef", raisedAt: 1_000_000, clearedAt: null } as Alarm;

  test("are tried again after longer and longer, and given up at last", async () => {
    let calls = 0;
    const toWebhook = () => {
      calls++;
      return Promise.reject(new Error("HTTP 503"));
    };
    const notices = new Notices(store, { toDevice: () => Promise.resolve(), toWebhook }, silent);
    notices.add(alarm, 0);
    await notices.deliver(0);
    await notices.deliver(1_999);
    expect([calls, notices.trouble]).toEqual([1, "1 notices wait for the webhook: HTTP 503"]);
    for (let day = 1; day <= 14; day++) await notices.deliver(day * 86_400_000);
    expect(calls).toBe(14);
    expect([...store.below("notice/")]).toEqual([]);
  });

  test("go to nobody whose certificate is not trusted", async () => {
    const { certificate, privateKey } = await (await createAuthority()).server();
    let isReached = false;
    const server = createServer({ cert: certificate, key: privateKey }, (_request, response) => {
      isReached = true;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const key = "k".repeat(43);
    await expect(postWebhook({ url, key, trust: null }, "id", "{}", 0)).rejects.toThrow(/certificate/);
    expect(isReached).toBe(false);
    server.close();
  });
});

describe("the rules themselves", () => {
  const faultsOf = (...rules: object[]) =>
    alarmRules.safeParse(rules).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const limit = { kind: "limit", name: "hot", metric: "temperature" };

  test.each([
    [{ ...limit }, "0: received neither of above and below; allowed: one of them"],
    [{ ...limit, above: 1, below: 2 }, "0: received both of above and below; allowed: one of them"],
    [
      { ...limit, above: 80, release: 90 },
      "0.release: received 90; allowed: at most 80, or the alarm would never end",
    ],
    [
      { ...limit, below: 4, release: 3 },
      "0.release: received 3; allowed: at least 4, or the alarm would never end",
    ],
  ])("%j is refused", (rule, fault) => {
    expect(faultsOf(rule)).toEqual([fault]);
  });

  test("a name is given once", () => {
    expect(faultsOf({ ...limit, above: 1 }, { ...limit, above: 2 })).toEqual([
      '1.name: received "hot" a second time; allowed: each name once',
    ]);
  });
});
