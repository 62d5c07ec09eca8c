/** What the environment itself puts into its stream; and that no device can make such a record. */
import { describe, expect, test } from "@jest/globals";
import { ownRecord, type OwnMessage } from "../../functions/core/envelopes/own-message.ts";
import type { StreamRecord } from "../../functions/core/envelopes/stream-records.ts";
import { openRecord } from "../../functions/ingest.ts";
import { openEvent } from "../../functions/open-event.ts";
import { utf8 } from "./support.ts";

const at = Date.UTC(2026, 10, 21, 7, 15);
const score: OwnMessage = {
  ...{ deviceId: "wrist-01", channel: "scores/activity/0123456789ab", lane: "offline" },
  payload: Buffer.from('{"at":1}').toString("base64"),
};
const record = (text: string, over: Partial<StreamRecord> = {}): StreamRecord => ({
  ...{ id: "7", sequenceNumber: "7", partitionKey: null, arrivalMs: at, data: utf8(text) },
  ...{ systemProperties: {}, properties: {}, ...over },
});
const open = { aws: openRecord, azure: openEvent };

describe.each(["aws", "azure"] as const)("on %s", (cloud) => {
  const opened = (one: StreamRecord) => open[cloud](one, "acme", () => at);

  test("a score is its device's message, of the lane that it says", () => {
    expect(opened(record(ownRecord(score)))).toEqual({
      message: {
        ...{ tenant: "acme", deviceId: "wrist-01", channel: "scores/activity/0123456789ab", lane: "offline" },
        ...{ position: "7", receivedAt: at * 1_000, payload: utf8('{"at":1}') },
        ...(cloud === "azure" ? { position: `${at}/7` } : {}),
      },
      fault: null,
    });
  });

  test.each<[string, Partial<Record<keyof OwnMessage, string>>, RegExp]>([
    ["of another channel", { channel: "telemetry" }, /is no device's score/],
    ["of no device", { deviceId: "../etc" }, /is no device's score/],
    ["of no lane", { lane: "past" }, /is no lane/],
    ["without a payload", { payload: "{}" }, /no base64/],
  ])("a record %s is a fault", (_, over, reason) => {
    const { fault } = opened(record(ownRecord({ ...score, ...over } as OwnMessage)));
    expect(fault?.detail).toMatch(reason);
  });

  test("what begins as one and goes on otherwise is a fault, not a device's message", () => {
    expect(opened(record('{"fieldlake":1,"t":"devices/wrist-01/telemetry"}')).fault?.reason).toBe("schema");
    expect(opened(record('{"fieldlake":1,')).fault?.reason).toBe("not-well-formed");
  });
});

test("a device that sends such a record sends a payload, and can't name the channel", () => {
  const forged = ownRecord({ ...score, deviceId: "wrist-02" });
  const b = Buffer.from(forged).toString("base64");
  const rule = (t: string) => JSON.stringify({ b, t, c: "wrist-01", ts: at });
  const told = openRecord(record(rule("devices/wrist-01/telemetry")), "acme", () => at);
  expect(told).toMatchObject({ message: { deviceId: "wrist-01", channel: "telemetry" }, fault: null });
  expect(Buffer.from(told.message.payload).toString()).toBe(forged);
  const { fault } = openRecord(record(rule(`devices/wrist-01/${score.channel}`)), "acme", () => at);
  expect(fault?.detail).toMatch(/is no device's topic/);

  const systemProperties = { "iothub-connection-device-id": "wrist-01" };
  const hub = (channel: string) =>
    openEvent(record(forged, { systemProperties, properties: { channel } }), "acme", () => at);
  expect(hub("telemetry")).toMatchObject({
    message: { deviceId: "wrist-01", channel: "telemetry" },
    fault: null,
  });
  expect(hub(score.channel).fault?.detail).toMatch(/is no device's topic/);
});
