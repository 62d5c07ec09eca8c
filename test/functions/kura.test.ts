import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import protobuf from "protobufjs";
import { bytesOf, decodeWith, message, received } from "./support.ts";

describe("Kura", () => {
  const kura = protobuf.parse(
    `syntax = "proto2";
     message Payload { optional int64 timestamp = 1; optional Position position = 3; repeated Metric metric = 5000; optional bytes body = 5001; }
     message Metric {
       optional string name = 1; optional int32 type = 2; optional double d = 3; optional float f = 4; optional int64 l = 5;
       optional int32 i = 6; optional bool b = 7; optional string s = 8; optional bytes x = 9;
     }
     message Position {
       required double latitude = 1; required double longitude = 2; optional double altitude = 3; optional double precision = 4;
       optional double heading = 5; optional double speed = 6; optional int64 timestamp = 7; optional int32 satellites = 8;
       optional int32 status = 9;
     }`,
  ).root;
  const payloadType = kura.lookupType("Payload");
  const encodeKura = (value: object): Uint8Array =>
    payloadType.encode(payloadType.fromObject(value)).finish();
  const profile = {
    name: "k",
    version: "1",
    description: "d",
    format: "kura",
    units: { temp: "Cel" },
  } as const;
  const decode = (bytes: Uint8Array) => decodeWith(profile, [message(bytes)]);
  const payload = encodeKura({
    timestamp: received / 1_000,
    position: { latitude: 45.5, longitude: 9.25, satellites: 7, status: -1 },
    metric: [
      { name: "temp", type: 0, d: 21.5 },
      { name: "f", type: 1, f: 0.5 },
      { name: "l", type: 2, l: "9223372036854775807" },
      { name: "i", type: 3, i: -5 },
      { name: "b", type: 4, b: false },
      { name: "s", type: 5, s: "x" },
      { name: "x", type: 6, x: Uint8Array.of(1) },
      { name: "none", type: 0 },
      { name: "odd", type: 7 },
      { type: 0, d: 1 },
    ],
    body: Uint8Array.of(9),
  });

  test("typed metrics, position, body; a bad metric costs no other one", () => {
    const { readings, quarantined } = decode(payload);
    expect(
      readings.map((row) => [
        row.metric,
        row.valueDouble ?? row.valueInt ?? row.valueBool ?? row.valueText ?? row.valueBytes,
        row.quality,
      ]),
    ).toEqual([
      ["latitude", 45.5, 0],
      ["longitude", 9.25, 0],
      ["satellites", 7, 0],
      ["position_status", -1, 0],
      ["temp", 21.5, 0],
      ["f", 0.5, 0],
      ["l", 2n ** 63n - 1n, 0],
      ["i", -5, 0],
      ["b", false, 0],
      ["s", "x", 0],
      ["x", bytesOf("01"), 0],
      ["none", null, 2],
      ["body", bytesOf("09"), 0],
    ]);
    expect(readings[4]).toMatchObject({ unit: "Cel", ts: received, flags: 0 });
    expect(quarantined).toMatchObject([
      {
        reason: "unknown-type",
        detail: expect.stringMatching(/"odd" is of type 7; a metric without a name/),
      },
    ]);
  });

  test("compressed, the same; a bomb and a broken member are refused before they are whole", () => {
    const rows = (bytes: Uint8Array) => decode(bytes).readings.map(({ msgId: _, ...row }) => row);
    expect(rows(gzipSync(payload))).toEqual(rows(payload));
    const bomb = gzipSync(Buffer.alloc(60_000_000), { level: 9 });
    expect(bomb.length).toBeLessThan(65_536);
    const start = process.memoryUsage.rss();
    expect(decode(bomb).quarantined).toMatchObject([
      { reason: "not-well-formed", detail: expect.stringContaining("1048576") },
    ]);
    expect(process.memoryUsage.rss() - start).toBeLessThan(40_000_000);
    const broken = gzipSync(payload);
    broken[broken.length - 5]! ^= 1;
    expect(decode(broken).quarantined).toMatchObject([{ reason: "not-well-formed" }]);
  });
});
