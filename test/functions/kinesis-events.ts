/** Events of Kinesis as Lambda hands them over. */
import { createHash } from "node:crypto";
import type { KinesisStreamEvent } from "aws-lambda";
import protobuf from "protobufjs";

export interface KinesisRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
  /** Seconds. */
  readonly ApproximateArrivalTimestamp: number;
}

/** The event that Lambda makes of what `GetRecords` gives. */
export function kinesisEvent(records: readonly KinesisRecord[]): KinesisStreamEvent {
  return {
    Records: records.map(({ SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp }) => ({
      awsRegion: "eu-central-1",
      eventID: `shardId-000000000000:${SequenceNumber}`,
      eventName: "aws:kinesis:record",
      eventSource: "aws:kinesis",
      eventSourceARN: "arn",
      eventVersion: "1.0",
      invokeIdentityArn: "arn",
      kinesis: {
        approximateArrivalTimestamp: ApproximateArrivalTimestamp,
        data: Data,
        kinesisSchemaVersion: "1.0",
        partitionKey: PartitionKey,
        sequenceNumber: SequenceNumber,
      },
    })),
  };
}

const { root } = protobuf.parse(
  `syntax = "proto2"; message Aggregate { repeated string keys = 1; repeated Record records = 3; }
   message Record { required uint64 key = 1; required bytes data = 3; }`,
);

/** Records as the Kinesis Producer Library packs them into one. */
export function packedRecords(records: readonly string[]): Buffer {
  const type = root.lookupType("Aggregate");
  const inner = records.map((data) => ({ key: 0, data: Buffer.from(data) }));
  const body = type.encode(type.fromObject({ keys: ["press-01"], records: inner })).finish();
  const digest = createHash("md5").update(body).digest();
  return Buffer.concat([Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2), body, digest]);
}
