/** Quarantined messages of the kinds that a person has to look at, newest first. */
import type { QuarantineReason } from "../../../functions/core/model.ts";
import type { QuarantineEntry } from "../../../site/ports.ts";
import { hostileName, hostileText } from "./fake-tables.ts";

type Case = Pick<QuarantineEntry, "deviceId" | "channel" | "detail" | "codec" | "payload"> & {
  readonly reason: QuarantineReason;
};

const bytes = (length: number, at: (index: number) => number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => at(index) % 256);

const cases: readonly Case[] = [
  {
    reason: "not-well-formed",
    deviceId: "press-json-01",
    channel: "telemetry",
    detail: "JSON ends at byte 34 of 34: a closing brace is missing",
    codec: "machine-json",
    payload: Buffer.from('{"ts": 1795490000000, "temperature'),
  },
  {
    reason: "version",
    deviceId: "room-senml-02",
    channel: "telemetry",
    detail: "record 1: bver 12 is newer than 10, the newest that RFC 8428 defines",
    codec: "environment-senml",
    payload: Buffer.from('[{"bver":12,"bn":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]'),
  },
  {
    reason: "schema",
    deviceId: "wrist-03",
    channel: "telemetry/imu",
    detail: "61 bytes; a frame of wearable-imu 1 has 62",
    codec: "wearable-imu",
    payload: bytes(61, (index) => index * 37 + 11),
  },
  {
    reason: "unknown-type",
    deviceId: "tracker-lpp-01",
    channel: "telemetry",
    detail: "channel 3 at byte 4: type 0xFE is not in the Cayenne LPP tables",
    codec: "tracker-lpp",
    payload: Uint8Array.from([0x01, 0x67, 0x01, 0x10, 0x03, 0xfe, 0x27, 0x10]),
  },
  {
    reason: "not-well-formed",
    deviceId: "room-cbor-01",
    channel: "telemetry",
    detail: "CBOR: byte 0 announces an array of 2^32 items, 4,095 bytes follow",
    codec: "environment-senml-cbor",
    payload: bytes(4096, (index) => index * index + 0x9a),
  },
  {
    reason: "empty",
    deviceId: "wrist-02",
    channel: "telemetry/imu",
    detail: "a message without a payload",
    codec: "wearable-imu",
    payload: new Uint8Array(0),
  },
  {
    reason: "no-codec",
    deviceId: "wrist-05",
    channel: "events",
    detail: "no profile is bound to this device",
    codec: "",
    payload: Buffer.from("hello?"),
  },
  {
    reason: "schema",
    deviceId: "wrist-01",
    channel: "telemetry/imu",
    detail: "124 bytes; a frame of wearable-imu 1 has 62",
    codec: "wearable-imu",
    payload: bytes(124, (index) => index * 91 + 3),
  },
];

export const fakeQuarantineSize = 37;

export function fakeQuarantine(now: number, hostile: boolean): QuarantineEntry[] {
  const entries = Array.from({ length: fakeQuarantineSize }, (_, index): QuarantineEntry => {
    const found = cases[index % cases.length] as Case;
    return {
      ...found,
      id: `${String(fakeQuarantineSize - index).padStart(4, "0")}-0F`,
      receivedAt: (now - 9000 - index * 431_000) * 1000,
      codecVersion: found.codec === "" ? "" : "1",
    };
  });
  if (!hostile) return entries;
  const markup: QuarantineEntry = {
    id: "9999-0F",
    receivedAt: now * 1000,
    deviceId: hostileName,
    channel: hostileText,
    reason: hostileName,
    detail: hostileText,
    codec: hostileName,
    codecVersion: hostileText,
    payload: Buffer.from(hostileName + hostileText),
  };
  return [markup, ...entries];
}
