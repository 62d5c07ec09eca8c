/**
 * Records that the Kinesis Producer Library has packed into one.
 * Source: awslabs/amazon-kinesis-producer, aggregation-format.md: four bytes of magic, a protobuf message, its MD5.
 */

import { Fault } from "../fault.ts";
import { ProtobufReader } from "../protobuf-reader.ts";

const magic = [0xf3, 0x89, 0x9a, 0xc2] as const;
const digestBytes = 16;

/** MD5 as a port: here it guards against accidents, not against anybody. */
export type Md5 = (bytes: Uint8Array) => Uint8Array;

export interface AggregatedRecord {
  readonly partitionKey: string | null;
  readonly data: Uint8Array;
}

/** The records in a record of Kinesis; null where it is not packed, but a record of its own. */
export function splitAggregate(data: Uint8Array, md5: Md5): AggregatedRecord[] | null {
  const end = data.length - digestBytes;
  if (end < magic.length || !magic.every((byte, index) => data[index] === byte)) return null;
  const message = data.subarray(magic.length, end);
  const digest = md5(message);
  if (!digest.every((byte, index) => data[end + index] === byte)) return null;
  try {
    return readAggregate(message);
  } catch (thrown) {
    // Bytes that look packed and are not: a message like others, whose decoder will say what is wrong.
    if (thrown instanceof Fault) return null;
    throw thrown;
  }
}

function readAggregate(message: Uint8Array): AggregatedRecord[] {
  const reader = new ProtobufReader(message);
  const keys: string[] = [];
  const records: { key: number; data: Uint8Array }[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) keys.push(reader.text());
    else if (tag === 26) {
      const outer = reader.enter();
      records.push(readRecord(reader));
      reader.leave(outer);
    } else reader.skip(tag);
  }
  return records.map(({ key, data }) => ({ partitionKey: keys[key] ?? null, data }));
}

function readRecord(reader: ProtobufReader): { key: number; data: Uint8Array } {
  const record = { key: -1, data: new Uint8Array(0) };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) record.key = reader.unsigned();
    else if (tag === 26) record.data = reader.byteString() as Uint8Array<ArrayBuffer>;
    else reader.skip(tag);
  }
  return record;
}
