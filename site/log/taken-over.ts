/** Messages of another lake as a segment of the raw zone: sealed under this lake's key, and the same each time. */
import { createHash } from "node:crypto";
import type { Message } from "../../functions/core/model.ts";
import type { Keyring } from "../seal.ts";
import { logPurpose } from "./raw-zone.ts";
import { arrivalSource, RecordBuffer, recordBytes, type ArrivalSource } from "./record.ts";
import { saltBytes, SegmentSeal } from "./segment-format.ts";

/** Numbers of segments that no log of this lake has written. */
const firstNumber = 0x8000_0000;
export const isTakenOver = (segment: number): boolean => segment >= firstNumber;

const frameBytes = 4 << 20;

/**
 * What is in it says its salt and number, and so its bytes: a copy that is done again makes the same file, and no nonce is ever
 * used for other content.
 */
export function takenOverSegment(messages: readonly Message[], keyring: Keyring): Buffer {
  const groups: { readonly body: Buffer; readonly records: number }[] = [];
  let records = new RecordBuffer(1 << 16);
  const close = (): void => {
    if (records.count > 0) groups.push({ body: Buffer.from(records.contents()), records: records.count });
    records = new RecordBuffer(1 << 16);
  };
  const sources = new Map<string, ArrivalSource>();
  const sourceOf = (deviceId: string, channel: string): ArrivalSource => {
    const key = `${deviceId}/${channel}`;
    const source = sources.get(key) ?? arrivalSource(deviceId, channel);
    sources.set(key, source);
    return source;
  };
  for (const { deviceId, channel, payload, receivedAt } of messages) {
    const source = sourceOf(deviceId, channel);
    if (records.length + recordBytes(source, payload.length) > frameBytes) close();
    records.append(source, payload, 0, payload.length, receivedAt);
  }
  close();
  const hash = createHash("sha256");
  for (const { body } of groups) hash.update(`${body.length}:`).update(body);
  const digest = hash.digest();
  const segment = firstNumber + (digest.readUInt32LE(saltBytes) % firstNumber);
  const seal = new SegmentSeal(keyring, logPurpose, segment, digest.subarray(0, saltBytes));
  const parts = [seal.header({ segment: 0, frames: 0, records: 0 })];
  let firstRecord = 0;
  groups.forEach(({ body, records }, sequence) => {
    parts.push(...seal.frame({ nonce: sequence + 1, sequence, firstRecord, records }, body));
    firstRecord += records;
  });
  return Buffer.concat(parts);
}
