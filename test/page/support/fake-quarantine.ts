/** Quarantined messages of every kind that a person has to look at, newest first. */
import { quarantineReasons } from "../../../functions/core/model.ts";
import type { QuarantineEntry } from "../../../site/ports.ts";
import { hostileName, hostileText } from "./fake-tables.ts";

const details: Readonly<Record<string, string>> = {
  "not-well-formed": "JSON: unexpected end at byte 34 of 34: a closing brace is missing",
  version: "record 1: bver 12 is newer than 10, the newest that RFC 8428 defines",
  "too-large": "payload of 65,537 bytes, allowed: 65,536",
  schema: "length 61, the layout wearable-imu 1 has 62 bytes",
  "unknown-type": "channel 3 at byte 4: type 0xFE is not in the Cayenne LPP tables",
  "value-range": "temperature: 1e999 is not a finite number",
  "no-codec": "no profile is bound to this device",
};

const payloads: readonly Uint8Array[] = [
  Buffer.from('{"ts": 1795490000000, "temperature'),
  Buffer.from('[{"bver":12,"bn":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]'),
  Uint8Array.from({ length: 61 }, (_, index) => (index * 37 + 11) % 256),
  Uint8Array.from([0x01, 0x67, 0x01, 0x10, 0x03, 0xfe, 0x27, 0x10]),
  Uint8Array.from({ length: 4096 }, (_, index) => (index * index) % 256),
  new Uint8Array(0),
];

const devices = ["press-json-01", "room-senml-02", "wrist-03", "tracker-lpp-01"];

export function fakeQuarantine(now: number, hostile: boolean): QuarantineEntry[] {
  const entries = Array.from({ length: 37 }, (_, index): QuarantineEntry => {
    const reason = quarantineReasons[(index * 5) % quarantineReasons.length] ?? "schema";
    return {
      id: `q-${String(37 - index).padStart(4, "0")}`,
      receivedAt: (now - 9000 - index * 431_000) * 1000,
      deviceId: devices[index % devices.length] ?? "wrist-03",
      channel: index % 4 === 2 ? "telemetry/imu" : "telemetry",
      reason,
      detail: details[reason] ?? "the message is not what its profile says",
      codec:
        ["machine-json", "environment-senml", "wearable-imu", "tracker-lpp"][index % 4] ?? "machine-json",
      codecVersion: "1",
      payload: payloads[index % payloads.length] ?? new Uint8Array(0),
    };
  });
  if (!hostile) return entries;
  const markup: QuarantineEntry = {
    id: hostileName,
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
