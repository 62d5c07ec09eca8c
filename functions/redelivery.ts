/** Messages that a topic rule could not hand to the stream: decoded from the rules' error queue, as the stream's would have been. */

import type { SQSEvent } from "aws-lambda";
import type { LambdaIngest } from "./adapters/lambda-ingest.ts";
import { readingsBlock } from "./core/columns.ts";
import { openRuleError } from "./core/envelopes/rule-error.ts";
import { ingest } from "./ingest.ts";

export const isFromQueue = (event: object): event is SQSEvent =>
  "Records" in event &&
  Array.isArray(event.Records) &&
  (event.Records[0] as { eventSource?: unknown } | undefined)?.eventSource === "aws:sqs";

/** Rejects where a sink fails: the messages then come again, for as long as the queue keeps them. */
export function createRedelivery({ tenant, ports }: LambdaIngest) {
  return async ({ Records }: SQSEvent): Promise<void> => {
    const opened = Records.map(({ messageId, body, attributes }) => {
      const receivedAt = (Number(attributes.SentTimestamp) || ports.now()) * 1_000;
      return openRuleError(Buffer.from(body), { tenant, position: `sqs:${messageId}`, receivedAt });
    });
    const readings = (await ingest(opened, ports)).flat();
    if (readings.length > 0) await ports.curated.write(readingsBlock(readings));
  };
}
