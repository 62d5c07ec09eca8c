/** Lambda as transformation of a Firehose stream: profile `frugal` of the aws target. Bundled by functions/build.ts. */

import type {
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
  SQSEvent,
} from "aws-lambda";
import { lambdaIngest, type LambdaIngest } from "../adapters/lambda-ingest.ts";
import { lazily } from "../adapters/lazily.ts";
import { readingsBlock } from "../core/columns.ts";
import { firehoseRecords } from "../core/envelopes/stream-records.ts";
import { hourFolder, hourOf } from "../core/instant.ts";
import type { Reading } from "../core/model.ts";
import { jsonLines } from "../core/row-json.ts";
import { ingest, openRecord } from "../ingest.ts";
import { createRedelivery, isFromQueue } from "../redelivery.ts";

/** Firehose takes 6 MB in all; base64 and the frame around each record count. */
const answerBytes = 5_500_000;
const recordOverhead = 300;

/**
 * Each record comes back exactly once. Firehose writes a record into one partition and takes so much in one answer:
 * readings of another hour than their message's first, and what does not fit, are written as a file of their own.
 */
export function createHandler({ tenant, ports }: LambdaIngest) {
  return async (event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
    const opened = firehoseRecords(event).map((record) => openRecord(record, tenant, ports.now));
    const aside: Reading[] = [];
    let bytes = 0;
    const decoded = await ingest(opened, ports);
    const records = event.records.map(({ recordId }, index): FirehoseTransformationResultRecord => {
      const readings = decoded[index] ?? [];
      if (readings[0] === undefined) return { recordId, result: "Dropped", data: "" };
      const hour = hourOf(readings[0].ts);
      const { here = [], elsewhere = [] } = Object.groupBy(readings, ({ ts }) =>
        hourFolder(hourOf(ts)) === hourFolder(hour) ? "here" : "elsewhere",
      );
      const data = Buffer.from(jsonLines(readingsBlock(here))).toString("base64");
      if (bytes + data.length + recordOverhead > answerBytes) {
        aside.push(...readings);
        return { recordId, result: "Dropped", data: "" };
      }
      bytes += data.length + recordOverhead;
      aside.push(...elsewhere);
      return { recordId, result: "Ok", data, metadata: { partitionKeys: { ...hour } } };
    });
    if (aside.length > 0) await ports.curated.write(readingsBlock(aside));
    return { records };
  };
}

export const handler = lazily(() => {
  const made = lambdaIngest(process.env);
  const [stream, errors] = [createHandler(made), createRedelivery(made)];
  return async (event: FirehoseTransformationEvent | SQSEvent) =>
    isFromQueue(event) ? errors(event) : stream(event);
});
