import { describe, expect, test } from "@jest/globals";
import { deviceIdPattern as contractPattern } from "../../../components/contracts/device-fleet.ts";
import { deviceIdPattern } from "../../../functions/core/envelope.ts";
import { devicePolicy, statusTopic } from "../../../site/broker/policy.ts";
import { SubscriptionTree, TopicMap } from "../../../site/broker/topic-tree.ts";

const devices = Array.from({ length: 100 }, (_, index) => `device-${index}`);

describe("what a device may publish and subscribe to", () => {
  test("100 devices and the topics of 100 devices: its own, and none of the other 9,900", () => {
    const channels = ["telemetry", "telemetry/imu", "events", "status", "commands/reboot/ack"];
    let allowed = 0;
    for (const device of devices) {
      for (const other of devices) {
        const own = device === other;
        for (const channel of channels) {
          const topic = `devices/${other}/${channel}`;
          expect(devicePolicy.channelOf(device, topic)).toBe(own ? channel : null);
          expect(devicePolicy.maySubscribe(device, topic)).toBe(own);
        }
        expect(devicePolicy.maySubscribe(device, `devices/${other}/#`)).toBe(own);
        expect(devicePolicy.mayLeaveWill(device, statusTopic(other))).toBe(own);
        expect(devicePolicy.mayRetain(device, statusTopic(other))).toBe(own);
        allowed += own ? 1 : 0;
      }
    }
    expect(allowed).toBe(100);
  });

  test.each([
    "devices/a",
    "devices/a/",
    "devices/a/telemetry/",
    "devices/a/telemetry/x/y",
    "devices/a/telemetry/ ",
    "devices/a/telemetry/$x",
    "devices/a/events/x",
    "devices/a/status/x",
    "devices/a/commands",
    "devices/a/commands/reboot",
    "devices/a/commands//ack",
    "devices/a/commands/reboot/ack/x",
    "devices/a/other",
    "devices/A/telemetry",
    "/devices/a/telemetry",
    "devices/aa/telemetry",
    "$SYS/broker",
    "",
  ])("no publishing to %j", (topic) => {
    expect(devicePolicy.channelOf("a", topic)).toBeNull();
  });

  test.each([
    "#",
    "+",
    "+/a/telemetry",
    "devices/#",
    "devices/+/telemetry",
    "devices/aa/#",
    "devices",
    "$SYS/#",
  ])("no subscribing to %s", (filter) => {
    expect(devicePolicy.maySubscribe("a", filter)).toBe(false);
  });

  test.each(["devices/a", "devices/a/#", "devices/a/+", "devices/a/commands/+", "devices/a/+/x/#"])(
    "subscribing to %s",
    (filter) => {
      expect(devicePolicy.maySubscribe("a", filter)).toBe(true);
    },
  );

  test("only the status is retained and left as a will", () => {
    expect(devicePolicy.mayRetain("a", "devices/a/telemetry")).toBe(false);
    expect(devicePolicy.mayLeaveWill("a", "devices/a/events")).toBe(false);
    expect(devicePolicy.mayLeaveWill("a", "devices/a/status")).toBe(true);
  });

  test("a device id is the same here and in the contract", () => {
    expect(deviceIdPattern.source).toBe(contractPattern.source);
    for (const id of ["", "a-", "-a", "A", "a/b", "a+", "a#", "ä", "a".repeat(65)]) {
      expect(devicePolicy.isClientId(id)).toBe(false);
    }
  });
});

describe("topic filters (section 4.7)", () => {
  const cases: readonly [filter: string, topic: string, matches: boolean][] = [
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/b", "a", false],
    ["a/+", "a/b", true],
    ["a/+", "a/", true],
    ["a/+", "a", false],
    ["a/+", "a/b/c", false],
    ["+/+", "/a", true],
    ["/+", "/a", true],
    ["+", "/a", false],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/+/#", "a", false],
    ["a/+/#", "a/b", true],
    ["#", "a/b", true],
    ["#", "/", true],
    ["#", "$SYS/a", false],
    ["+/a", "$SYS/a", false],
    ["$SYS/#", "$SYS/a", true],
    ["$SYS/+", "$SYS/a", true],
    ["A/b", "a/b", false],
    ["a//b", "a//b", true],
    ["a/+/b", "a//b", true],
  ];
  test.each(cases)("%s on %s: %s", (filter, topic, matches) => {
    const tree = new SubscriptionTree<string>();
    tree.add(filter, "subscriber", 1);
    expect(tree.match(topic).has("subscriber")).toBe(matches);
    const map = new TopicMap<string>();
    map.set(topic, "value");
    expect(map.match(filter)).toEqual(matches ? [[topic, "value"]] : []);
  });

  test("a subscriber of several filters that match is found once, with the highest QoS", () => {
    const tree = new SubscriptionTree<string>();
    tree.add("a/#", "x", 0);
    tree.add("a/+", "x", 1);
    tree.add("a/b", "x", 0);
    tree.add("a/b", "y", 0);
    expect([...tree.match("a/b")].sort()).toEqual([
      ["x", 1],
      ["y", 0],
    ]);
  });

  test("what was removed leaves nothing behind, and its neighbours stay", () => {
    const tree = new SubscriptionTree<string>();
    tree.add("a/b/c", "x", 0);
    tree.add("a/b", "y", 0);
    const before = tree.epoch;
    tree.remove("a/b/c", "x");
    tree.remove("a/b/c", "x");
    tree.remove("nowhere", "x");
    expect(tree.epoch).toBe(before + 1);
    expect(tree.match("a/b/c").size).toBe(0);
    expect(tree.match("a/b").size).toBe(1);
    const map = new TopicMap<number>();
    map.set("a/b/c", 1);
    map.set("a", 2);
    map.delete("a/b/c");
    expect(map.match("#")).toEqual([["a", 2]]);
    expect(map.get("a")).toBe(2);
  });
});
