/** Scores into the stream that the ingest rules feed: Kinesis or Firehose, by its ARN. */
import { setTimeout as pause } from "node:timers/promises";
import type { FrameScoringPorts } from "../scoring/frame-scoring.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson, failureType } from "./aws-json.ts";
import { scoreBatches, type ScoreRecord } from "./score-batches.ts";

/** PutRecords takes 500 records and 5 MiB, PutRecordBatch 500 and 4 MiB, keys and all; base64 is a third longer. */
const most = { records: 500, characters: 2_500_000 };
/** Attempts at records that a request did not take: a shard that is full takes them a second later. */
const attempts = 6;
const pauseMilliseconds = 500;

interface Answer {
  readonly Records?: readonly { readonly ErrorCode?: string }[];
  readonly RequestResponses?: readonly { readonly ErrorCode?: string }[];
}

/** @param arn of a Kinesis stream or a Firehose delivery stream @param wait milliseconds before a second attempt */
export function streamScores(
  access: AwsAccess,
  arn: string,
  wait = pauseMilliseconds,
): FrameScoringPorts["send"] {
  const isKinesis = arn.includes(":kinesis:");
  const put = (records: readonly ScoreRecord[]): Promise<Response> => {
    const data = (text: string): string => Buffer.from(text).toString("base64");
    return isKinesis
      ? awsJson(access, "kinesis", "PutRecords", {
          StreamARN: arn,
          Records: records.map(({ deviceId, text }) => ({ PartitionKey: deviceId, Data: data(text) })),
        })
      : awsJson(access, "firehose", "PutRecordBatch", {
          DeliveryStreamName: arn.slice(arn.lastIndexOf("/") + 1),
          Records: records.map(({ text }) => ({ Data: data(text) })),
        });
  };
  return async (scores) => {
    for (const batch of scoreBatches(scores, most)) {
      let rest = batch;
      let refusal = "";
      for (let attempt = 0; rest.length > 0; attempt++) {
        if (attempt === attempts) throw new Error(`${arn} does not take ${rest.length} scores: ${refusal}`);
        if (attempt > 0) await pause(wait * attempt);
        const answer = await put(rest);
        if (!answer.ok)
          throw new Error(`${arn} takes no scores: HTTP ${answer.status}, ${await failureType(answer)}`);
        const { Records, RequestResponses } = (await answer.json()) as Answer;
        const outcomes = Records ?? RequestResponses ?? [];
        refusal = outcomes.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? "";
        rest = rest.filter((_, index) => outcomes[index]?.ErrorCode !== undefined);
      }
    }
  };
}
