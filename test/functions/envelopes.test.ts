import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import protobuf from "protobufjs";
import { openCloudEvent } from "../../functions/core/envelopes/cloud-event.ts";
import { openIotHub } from "../../functions/core/envelopes/iot-hub.ts";
import { openIotRule } from "../../functions/core/envelopes/iot-rule.ts";
import { splitAggregate } from "../../functions/core/envelopes/kinesis-aggregate.ts";
import type { Opened } from "../../functions/core/envelopes/opened.ts";
import {
  eventHubRecords,
  firehoseRecords,
  kinesisRecords,
} from "../../functions/core/envelopes/stream-records.ts";
import { bytesOf, json, received, utf8 } from "./support.ts";

const place = { tenant: "acme", position: "shard:1", receivedAt: received };
const payload = bytesOf("00f4ff0a");
const b = Buffer.from(payload).toString("base64");

describe("an AWS IoT rule's envelope", () => {
  const envelope = { b, t: "devices/wrist-01/telemetry/imu", c: "wrist-01", ts: 1_700_000_001_234 };

  test("holds bytes as they were, sender, channel and the broker's time", () => {
    expect(openIotRule(json(envelope), place)).toEqual({
      message: {
        tenant: "acme",
        position: "shard:1",
        deviceId: "wrist-01",
        channel: "telemetry/imu",
        payload,
        receivedAt: 1_700_000_001_234_000,
        lane: "live",
      },
      fault: null,
    });
    expect(openIotRule(json({ ...envelope, ts: undefined }), place).message.receivedAt).toBe(received);
  });

  test.each<[string, object, string]>([
    ["another device's topic", { ...envelope, c: "wrist-02" }, "id-mismatch"],
    ["a topic of no device", { ...envelope, t: "sensors/x" }, "schema"],
    ["no payload", { t: envelope.t, c: "wrist-01" }, "schema"],
    ["a payload that is no base64", { ...envelope, b: "%%%" }, "not-well-formed"],
    ["base64 of the other alphabet", { ...envelope, b: "_-8=" }, "not-well-formed"],
    ["a number for a client", { ...envelope, c: 5 }, "schema"],
  ])("%s is refused, its bytes kept", (_, given, reason) => {
    const { message, fault } = openIotRule(json(given), place);
    expect(fault?.reason).toBe(reason);
    expect(message.payload.length).toBeGreaterThan(0);
  });

  test("a sender that claims to be another one is filed under itself", () => {
    expect(openIotRule(json({ ...envelope, c: "wrist-02" }), place).message.deviceId).toBe("wrist-02");
    expect(openIotRule(json({ ...envelope, c: "No Device" }), place).message.deviceId).toBe("");
  });

  test("a record that is no envelope is kept whole", () => {
    for (const record of [utf8("{"), utf8("[]"), bytesOf("f4"), utf8('{"b":"","b":""}'), utf8("{} {}")]) {
      const { message, fault } = openIotRule(record, place);
      expect(fault).not.toBeNull();
      expect(message).toEqual({ ...place, deviceId: "", channel: "", payload: record, lane: "live" });
    }
  });
});

describe("an Event Grid CloudEvent", () => {
  const event = {
    specversion: "1.0",
    id: "9aeb0fdf",
    time: "2019-11-18T15:13:39.4589254Z",
    type: "MQTT.EventPublished",
    source: "namespace",
    subject: "devices/press-7/events",
    clientname: "press-7",
  };
  const open = (over: object, text = JSON.stringify({ ...event, ...over })): Opened =>
    openCloudEvent(utf8(text), place);

  test("has binary in data_base64", () => {
    expect(open({ data_base64: b, contenttype: "application/cbor" })).toEqual({
      message: {
        ...place,
        deviceId: "press-7",
        channel: "events",
        payload,
        receivedAt: Date.parse("2019-11-18T15:13:39Z") * 1_000 + 458_925,
        lane: "live",
        contentType: "application/cbor",
      },
      fault: null,
    });
  });

  test("has JSON in data, which comes out digit by digit, and a text that is none as itself", () => {
    const text = JSON.stringify(event).replace(/}$/, ',"data": {"n":9007199254740993,"z":1.0}}');
    expect(open({}, text).message.payload).toEqual(utf8('{"n":9007199254740993,"z":1.0}'));
    expect(open({ data: "no JSON" }).message.payload).toEqual(utf8("no JSON"));
    expect(open({}).message.payload).toEqual(new Uint8Array(0));
  });

  test.each<[string, object, string]>([
    ["both kinds of data", { data: 1, data_base64: b }, "schema"],
    ["data_base64 that is none", { data_base64: "?" }, "not-well-formed"],
    ["data_base64 that is an object", { data_base64: {} }, "not-well-formed"],
    ["another version", { specversion: "0.3" }, "schema"],
    ["no subject", { subject: undefined }, "schema"],
    ["another device's topic", { clientname: "press-8" }, "id-mismatch"],
  ])("%s is refused", (_, over, reason) => expect(open(over).fault?.reason).toBe(reason));
});

describe("records of streams", () => {
  test("Kinesis counts arrival in seconds, Firehose in milliseconds", () => {
    const kinesis = {
      sequenceNumber: "495",
      partitionKey: "k",
      approximateArrivalTimestamp: 1_480_641_523.477,
      data: b,
    };
    expect(kinesisRecords({ Records: [{ kinesis, eventID: "shardId-000:495" }] })).toEqual([
      {
        id: "shardId-000:495",
        sequenceNumber: "495",
        partitionKey: "k",
        arrivalMs: 1_480_641_523_477,
        data: payload,
        systemProperties: {},
        properties: {},
      },
    ]);
    expect(
      firehoseRecords({
        records: [{ recordId: "r", approximateArrivalTimestamp: 1_507_217_624_302, data: "!" }],
      }),
    ).toMatchObject([{ id: "r", arrivalMs: 1_507_217_624_302, data: null, sequenceNumber: null }]);
    expect([kinesisRecords(null), kinesisRecords({ Records: 5 }), firehoseRecords({})]).toEqual([[], [], []]);
  });

  test("Event Hubs pairs messages with their metadata by index; a body may be bytes, text or parsed", () => {
    const metadata = {
      systemPropertiesArray: [
        { "iothub-connection-device-id": "a" },
        { "iothub-connection-device-id": "b" },
        {},
      ],
      propertiesArray: [{}, { channel: "telemetry/imu" }, {}],
      enqueuedTimeUtcArray: ["2020-01-02T03:04:05.678000", "2020-01-02T03:04:06Z", "never"],
      sequenceNumberArray: [7, 8, 9],
      partitionKeyArray: ["p", null, "q"],
    };
    const records = eventHubRecords([bytesOf("f4"), "text", { parsed: 1 }], metadata);
    expect(records).toMatchObject([
      { id: "7", partitionKey: "p", arrivalMs: Date.parse("2020-01-02T03:04:05.678Z"), data: bytesOf("f4") },
      { id: "8", partitionKey: null, arrivalMs: Date.parse("2020-01-02T03:04:06Z"), data: utf8("text") },
      { id: "9", arrivalMs: null, data: utf8('{"parsed":1}') },
    ]);
    expect(openIotHub(records[1]!, place)).toMatchObject({
      message: { deviceId: "b", channel: "telemetry/imu" },
      fault: null,
    });
    expect(openIotHub(records[0]!, place)).toMatchObject({
      message: { deviceId: "a", channel: "telemetry" },
    });
    expect(openIotHub(records[2]!, place).fault?.detail).toMatch(/no iothub-connection-device-id/);
    expect(
      eventHubRecords("one", { systemProperties: { "iothub-connection-device-id": "a" } }),
    ).toMatchObject([{ systemProperties: { "iothub-connection-device-id": "a" } }]);
    // Metadata of one message says nothing about two.
    expect(eventHubRecords(["x", "y"], { systemProperties: { a: 1 } })[0]!.systemProperties).toEqual({});
  });

  test("IoT Hub: its own time of arrival, a device id that is none of ours", () => {
    const record = eventHubRecords("x", {
      systemProperties: {
        "iothub-connection-device-id": "dev",
        "iothub-enqueuedtime": "2020-01-02T03:04:05Z",
      },
    })[0]!;
    expect(openIotHub(record, place).message.receivedAt).toBe(Date.parse("2020-01-02T03:04:05Z") * 1_000);
    const other = { ...record, systemProperties: { "iothub-connection-device-id": "My Device" } };
    expect(openIotHub(other, place)).toMatchObject({
      fault: { reason: "schema" },
      message: { deviceId: "" },
    });
  });
});

describe("aggregated records of Kinesis", () => {
  const md5 = (bytes: Uint8Array) => new Uint8Array(createHash("md5").update(bytes).digest());
  const type = protobuf
    .parse(
      `syntax = "proto2";
       message AggregatedRecord { repeated string keys = 1; repeated string hashes = 2; repeated Record records = 3; }
       message Record { required uint64 key = 1; optional uint64 hash = 2; required bytes data = 3; }`,
    )
    .root.lookupType("AggregatedRecord");
  const pack = (
    records: readonly { key: number; data: Uint8Array }[],
    keys: readonly string[],
  ): Uint8Array => {
    const body = type.encode(type.fromObject({ keys, records })).finish();
    return Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2, ...body, ...md5(body));
  };

  test("are split; others are records of their own", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (datas) => {
        const packed = pack(
          datas.map((data, key) => ({ key, data })),
          datas.map((_, index) => `k${index}`),
        );
        expect(splitAggregate(packed, md5)).toEqual(
          datas.map((data, index) => ({ partitionKey: `k${index}`, data })),
        );
        expect(splitAggregate(packed.subarray(1), md5)).toBeNull();
        expect(
          splitAggregate(
            packed.map((byte, at) => (at === packed.length - 1 ? byte ^ 1 : byte)),
            md5,
          ),
        ).toBeNull();
      }),
    );
    const broken = bytesOf("1a05");
    expect(splitAggregate(Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2, ...broken, ...md5(broken)), md5)).toBeNull();
    expect(splitAggregate(new Uint8Array(0), md5)).toBeNull();
  });
});

test("whatever bytes an envelope has, it opens or says why not", () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({ b: fc.base64String(), t: fc.string(), c: fc.string() }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), texts.map(utf8)), (record) => {
      for (const open of [openIotRule, openCloudEvent]) {
        const { message, fault } = open(record, place);
        expect(fault === null || fault.detail.length > 0).toBe(true);
        expect(fault !== null || message.deviceId !== "").toBe(true);
      }
    }),
  );
});
