import { describe, expect, test } from "@jest/globals";
import { sampleFleet } from "../../samples/fleet.ts";
import type { DeviceState } from "../../site/ports.ts";
import { audit, takeInventory, type Inventory } from "../../fleet/start/audit.ts";
import { assign, type Assignment, type FeedResult } from "../../fleet/start/feed.ts";
import { planFeed, type PlannedMessage } from "../../fleet/start/plan.ts";
import { memoryLake } from "./support/lake.ts";
import { decodeSamples, device, testBase } from "./support/samples.ts";

const pipeline = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
const empty: Inventory = { stored: new Map(), quarantined: new Set(), pipeline };

const message = (id: string | null, outcome: PlannedMessage["outcome"] = "stored"): PlannedMessage => ({
  channel: "telemetry",
  payload: Buffer.of(1),
  time: testBase,
  outcome,
  id,
  rows: 2,
  codecVersion: "1",
});

const assignment = (sending: readonly PlannedMessage[]): Assignment => ({
  device: device("wrist-01"),
  messages: sending,
  sending,
});

const result = (messages: number, changes: Partial<FeedResult> = {}): FeedResult => ({
  devices: 1,
  messages,
  acknowledged: messages,
  sent: messages,
  statusMessages: 2,
  resent: 0,
  ...changes,
});

const holding = (ids: readonly string[], rows = 2, codecVersion = "1") =>
  new Map(ids.map((id) => [`wrist-01 ${id}`, { rows, codecVersion }]));

describe("the account of a feed", () => {
  const sending = [message("a"), message("b"), message("a"), message("x", "quarantined"), message(null)];
  const after: Inventory = {
    stored: new Map([...holding(["a", "b"]), ...holding(["unnamed"])]),
    quarantined: new Set(["wrist-01 x"]),
    pipeline: { ...pipeline, messages: 7, duplicates: 1 },
  };

  test("of a first feed: every message is new, quarantined or a repeat", () => {
    expect(audit([assignment(sending)], result(5), empty, after)).toEqual({
      acknowledged: 5,
      fresh: 3,
      quarantined: 1,
      duplicates: 1,
      faults: [],
    });
  });

  test("of the same feed again: all are repeats", () => {
    const again = { ...after, pipeline: { ...pipeline, messages: 13, duplicates: 5 } };
    const recognisable = sending.filter(({ id }) => id !== null);
    expect(audit([assignment(recognisable)], result(4), after, again)).toEqual({
      acknowledged: 4,
      fresh: 0,
      quarantined: 0,
      duplicates: 4,
      faults: [],
    });
  });

  test.each<[string, Partial<Inventory>, Partial<FeedResult>, string[]]>([
    [
      "a lost message",
      { stored: new Map([...holding(["a"]), ...holding(["unnamed"])]) },
      {},
      [
        "2 messages are new in the lake, expected 3",
        "1 acknowledged message not in the lake, of wrist-01",
        "2 messages should have been dropped as repeats, 1 were",
      ],
    ],
    [
      "a doubled message",
      { stored: new Map([...holding(["a", "unnamed"]), ...holding(["b"], 4)]) },
      {},
      ["1 message with too many or too few rows, of wrist-01"],
    ],
    [
      "an unknown message",
      { stored: holding(["a", "b", "unnamed", "?"]) },
      {},
      ["4 messages are new in the lake, expected 3"],
    ],
    [
      "a bad message that vanished",
      { quarantined: new Set() },
      {},
      [
        "0 messages are new in quarantine, expected 1",
        "1 acknowledged message not in the lake, of wrist-01",
        "2 messages should have been dropped as repeats, 1 were",
      ],
    ],
    [
      "an unacknowledged message",
      {},
      { acknowledged: 4 },
      ["5 messages were to be sent, 4 were acknowledged"],
    ],
    [
      "a log that forgot",
      { pipeline: { ...pipeline, messages: 6, duplicates: 1 } },
      {},
      ["7 messages were acknowledged, but only 6 came out of the log"],
    ],
  ])("finds %s", (_name, inventory, counts, faults) => {
    const account = audit([assignment(sending)], result(5, counts), empty, { ...after, ...inventory });
    expect(account.faults).toEqual(faults);
  });

  test("takes rows of an earlier profile version as they are", () => {
    const old = { ...after, stored: new Map([...after.stored, ...holding(["b"], 9, "0")]) };
    expect(audit([assignment(sending)], result(5), empty, old).faults).toEqual([]);
  });
});

describe("the inventory of a lake", () => {
  test("holds every planned message of the samples with the planned number of rows", async () => {
    const lake = await memoryLake(decodeSamples(sampleFleet));
    const site = {
      query: lake.query,
      status: async () => ({ fleet: [], broker: null, log: null, lake: null }),
    };
    const inventory = await takeInventory(
      site,
      sampleFleet.map(({ id }) => id),
    );
    lake.close();

    const plan = await planFeed(testBase);
    const { assignments } = assign(
      plan,
      { devices: credentials(sampleFleet.map(({ id }) => id)) },
      [],
      false,
    );
    const { faults } = audit(assignments, result(1214, { statusMessages: 0 }), empty, {
      ...inventory,
      pipeline: { ...pipeline, messages: 1214, duplicates: 2 },
    });
    // This lake drops no repeats: the frame and the pack that are sent twice are there twice.
    expect(faults).toEqual(["2 messages with too many or too few rows, of wrist-03, room-senml-01"]);
  });

  test("of an empty lake is empty", async () => {
    const lake = await memoryLake();
    const site = {
      query: lake.query,
      status: async () => ({ fleet: [], broker: null, log: null, lake: null }),
    };
    expect(await takeInventory(site, ["wrist-01"])).toEqual(empty);
    lake.close();
  });
});

const credentials = (ids: readonly string[]) =>
  Object.fromEntries(ids.map((id) => [id, { profile: null, certificate: "", privateKey: "" }]));

const state = (deviceId: string, revoked: boolean): DeviceState => ({
  deviceId,
  profile: null,
  pinned: true,
  connected: false,
  online: null,
  lastSeen: null,
  revoked,
  certificateNotAfter: null,
});

describe("who plays", () => {
  test("sample devices of the stack that are not revoked; the others are named", async () => {
    const plan = await planFeed(testBase);
    const { assignments, left } = assign(
      plan,
      { devices: credentials(["wrist-01", "wrist-02", "stranger"]) },
      [state("wrist-01", false), state("wrist-02", true)],
      false,
    );
    expect(assignments.map((one) => one.device.id)).toEqual(["wrist-01"]);
    expect(left).toContain("wrist-02 is revoked");
    expect(left).toContain("wrist-03 is not in fieldlake:devices");
  });

  test("messages that nothing tells from new readings go out once", () => {
    const plan = [{ device: device("wrist-01"), messages: [message("a"), message(null)] }];
    const stack = { devices: credentials(["wrist-01"]) };
    const sent = (sentOnce: boolean) => assign(plan, stack, [], sentOnce).assignments[0]?.sending.length;
    expect([sent(false), sent(true)]).toEqual([2, 1]);
  });
});
