/** Lambda on a Kinesis stream: profile `throughput` of the aws target. Bundled by functions/build.ts. */

import { createHash } from "node:crypto";
import type { KinesisStreamBatchResponse, KinesisStreamEvent, SQSEvent } from "aws-lambda";
import { lambdaIngest, type LambdaIngest } from "../adapters/lambda-ingest.ts";
import { lazily } from "../adapters/lazily.ts";
import { readingsBlock } from "../core/columns.ts";
import { splitAggregate } from "../core/envelopes/kinesis-aggregate.ts";
import { kinesisRecords, type StreamRecord } from "../core/envelopes/stream-records.ts";
import { ingest, openRecord } from "../ingest.ts";
import { createRedelivery, isFromQueue } from "../redelivery.ts";

const md5 = (bytes: Uint8Array): Uint8Array => createHash("md5").update(bytes).digest();

/** Records that a producer's library packed into one, each with a place of its own. */
function unpacked(record: StreamRecord): StreamRecord[] {
  const inner = record.data === null ? null : splitAggregate(record.data, md5);
  return inner === null
    ? [record]
    : inner.map(({ data }, index) => ({ ...record, id: `${record.id}/${index}`, data }));
}

export function createHandler({ tenant, ports }: LambdaIngest) {
  return async (event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => {
    const records = kinesisRecords(event);
    const opened = records.flatMap(unpacked).map((record) => openRecord(record, tenant, ports.now));
    try {
      const readings = (await ingest(opened, ports)).flat();
      if (readings.length > 0) await ports.curated.write(readingsBlock(readings));
      return { batchItemFailures: [] };
    } catch (error) {
      // A sink failed, not a message: all of it comes again, and what was written already is named by its content.
      console.error(error);
      const first = records[0]?.sequenceNumber;
      return { batchItemFailures: typeof first === "string" ? [{ itemIdentifier: first }] : [] };
    }
  };
}

export const handler = lazily(() => {
  const made = lambdaIngest(process.env);
  const [stream, errors] = [createHandler(made), createRedelivery(made)];
  return async (event: KinesisStreamEvent | SQSEvent) => (isFromQueue(event) ? errors(event) : stream(event));
});
