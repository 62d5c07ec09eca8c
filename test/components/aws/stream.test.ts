/** Stream of the aws target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { everything, frugal, recordAws, type Parts } from "./environment.ts";
import { keyArn } from "./iam-simulator.ts";

let plain: { recording: Recording; parts: Parts };
let full: typeof plain;
beforeAll(async () => {
  plain = await recordAws(frugal);
  full = await recordAws(everything);
});

type Recorded = typeof plain;
const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`aws:${type}`, name).inputs);
const operations = ({ recording }: Recorded) => keyArn(recording, "acme-operations-key");
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const roleArn = (role: string) => `arn:aws:iam::${account}:role/${autoName(role)}`;

describe("frugal", () => {
  const inputs = () =>
    inputsOf(plain, "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "acme-stream-firehose");

  test("Firehose buffers under our key", () => {
    expect(inputs()["destination"]).toBe("extended_s3");
    expect(inputs()["serverSideEncryption"]).toEqual({
      enabled: true,
      keyType: "CUSTOMER_MANAGED_CMK",
      keyArn: operations(plain),
    });
  });

  test("and delivers Parquet of the one row schema, by event hour, under the zone's key; errors go aside", () => {
    const s3 = inputs()["extendedS3Configuration"] as Record<string, unknown>;
    expect(s3).toMatchObject({
      bucketArn: `arn:aws:s3:::${autoName("acme-lake-curated")}`,
      kmsKeyArn: keyArn(plain.recording, "acme-lake-curated-key"),
      roleArn: roleArn("acme-stream-delivery-role"),
      prefix: "readings/dt=!{partitionKeyFromLambda:dt}/hr=!{partitionKeyFromLambda:hr}/",
      errorOutputPrefix: "firehose-errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/",
      bufferingSize: 64,
      bufferingInterval: 300,
      dynamicPartitioningConfiguration: { enabled: true, retryDuration: 300 },
      cloudwatchLoggingOptions: { enabled: true, logGroupName: autoName("acme-stream-delivery-logs") },
      processingConfiguration: {
        enabled: true,
        processors: [
          {
            type: "Lambda",
            parameters: [
              {
                parameterName: "LambdaArn",
                parameterValue: `${arn("lambda", `function:${autoName("acme-stream-decoder")}`)}:$LATEST`,
              },
              { parameterName: "BufferSizeInMBs", parameterValue: "0.4" },
              { parameterName: "BufferIntervalInSeconds", parameterValue: "61" },
            ],
          },
        ],
      },
      dataFormatConversionConfiguration: {
        enabled: true,
        schemaConfiguration: { databaseName: "acme_lake", tableName: "readings", region },
        outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
      },
    });
  });

  test("nothing runs while nothing arrives, but for the questions whether a rule has failed and a file is there", () => {
    expect(
      plain.recording.inventory().filter((line) => /kinesis\/stream|eventSourceMapping/.test(line)),
    ).toEqual([
      "aws:lambda/eventSourceMapping:EventSourceMapping acme-knowledge-redelivery",
      "aws:lambda/eventSourceMapping:EventSourceMapping acme-stream-upload-turns",
    ]);
  });

  test("what a rule could not deliver, the decoder takes from the error queue", () => {
    expect(
      inputsOf(plain, "lambda/eventSourceMapping:EventSourceMapping", "acme-knowledge-redelivery"),
    ).toMatchObject({
      eventSourceArn: arn("sqs", autoName("acme-ingest-dead-letter")),
      functionName: arn("lambda", `function:${autoName("acme-stream-decoder")}`),
      scalingConfig: { maximumConcurrency: 2 },
    });
    // Lambda refuses a queue whose messages come again while the function may still be at work.
    const { visibilityTimeoutSeconds } = inputsOf(plain, "sqs/queue:Queue", "acme-ingest-dead-letter");
    const { timeout } = inputsOf(plain, "lambda/function:Function", "acme-stream-decoder");
    expect(visibilityTimeoutSeconds).toBe(6 * Number(timeout));
  });
});

describe("throughput", () => {
  test("Kinesis is under our key, with the shards and retention asked for", () => {
    expect(inputsOf(full, "kinesis/stream:Stream", "acme-stream-kinesis")).toEqual({
      encryptionType: "KMS",
      kmsKeyId: operations(full),
      retentionPeriod: 24,
      streamModeDetails: { streamMode: "PROVISIONED" },
      shardCount: 4,
    });
  });

  test("a batch that fails is halved, retried a finite number of times, and kept whole", () => {
    expect(inputsOf(full, "lambda/eventSourceMapping:EventSourceMapping", "acme-stream-consumer")).toEqual({
      eventSourceArn: arn("kinesis", `stream/${autoName("acme-stream-kinesis")}`),
      functionName: arn("lambda", `function:${autoName("acme-stream-decoder")}`),
      startingPosition: "TRIM_HORIZON",
      batchSize: 5_000,
      maximumBatchingWindowInSeconds: 20,
      parallelizationFactor: 2,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: 5,
      maximumRecordAgeInSeconds: 86_400,
      destinationConfig: {
        onFailure: { destinationArn: `arn:aws:s3:::${autoName("acme-lake-quarantine")}` },
      },
      metricsConfig: { metrics: ["EventCount"] },
    });
  });

  test("on demand needs no number of shards", async () => {
    const onDemand = await recordAws({
      ...frugal,
      stream: { profile: "throughput" },
      aws: { shards: "on-demand" },
    });
    const stream = inputsOf(onDemand, "kinesis/stream:Stream", "acme-stream-kinesis");
    expect(stream["streamModeDetails"]).toEqual({ streamMode: "ON_DEMAND" });
    expect(stream).not.toHaveProperty("shardCount");
  });
});

describe("functions", () => {
  test.each(["acme-stream-decoder", "acme-knowledge-landed", "acme-knowledge-insight"])(
    "%s: current runtime, our key for settings and code, own log group, tracing, dead letter, bounded",
    (name) => {
      for (const recorded of [plain, full]) {
        const inputs = inputsOf(recorded, "lambda/function:Function", name);
        expect(inputs).toMatchObject({
          runtime: "nodejs24.x",
          architectures: ["arm64"],
          handler: "index.handler",
          kmsKeyArn: operations(recorded),
          sourceKmsKeyArn: operations(recorded),
          role: roleArn(`${name}-role`),
          loggingConfig: { logFormat: "JSON", logGroup: autoName(`${name}-logs`) },
          tracingConfig: { mode: "Active" },
          deadLetterConfig: { targetArn: arn("sqs", autoName(`${name}-dead-letter`)) },
        });
        expect(inputs["reservedConcurrentExecutions"]).toBeGreaterThan(0);
        expect(inputs["timeout"]).toBeLessThanOrEqual(300);
        expect(inputsOf(recorded, "cloudwatch/logGroup:LogGroup", `${name}-logs`)).toEqual({
          kmsKeyId: operations(recorded),
          retentionInDays: 365,
        });
      }
    },
  );

  test("no setting of a function holds a key or secret", () => {
    for (const { name, inputs } of plain.recording.registrations.filter(
      ({ type }) => type === "aws:lambda/function:Function",
    )) {
      const { variables } = unwrapped<{ variables: Record<string, string> }>(inputs["environment"]);
      expect([name, JSON.stringify(variables)]).toEqual([
        name,
        expect.not.stringMatching(/PRIVATE KEY|-key"|secret/i),
      ]);
    }
  });

  test("files below offline/ wait in a queue of our key for the function that takes them, one a turn, three times", () => {
    const { eventPattern } = inputsOf(plain, "cloudwatch/eventRule:EventRule", "acme-stream-upload-rule");
    expect(JSON.parse(String(eventPattern))).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [autoName("acme-lake-raw")] }, object: { key: [{ prefix: "offline/" }] } },
    });
    expect(inputsOf(plain, "s3/bucketNotification:BucketNotification", "acme-stream-upload-events")).toEqual({
      bucket: autoName("acme-lake-raw"),
      eventbridge: true,
    });
    const queue = arn("sqs", autoName("acme-stream-uploads"));
    expect(inputsOf(plain, "cloudwatch/eventTarget:EventTarget", "acme-stream-upload-target")).toMatchObject({
      arn: queue,
      deadLetterConfig: { arn: arn("sqs", autoName("acme-stream-upload-events-dead-letter")) },
    });
    expect(
      inputsOf(plain, "lambda/eventSourceMapping:EventSourceMapping", "acme-stream-upload-turns"),
    ).toEqual({
      eventSourceArn: queue,
      functionName: arn("lambda", `function:${autoName("acme-stream-upload")}`),
      batchSize: 1,
      scalingConfig: { maximumConcurrency: 2 },
      metricsConfig: { metrics: ["EventCount"] },
    });
    const { redrivePolicy, visibilityTimeoutSeconds, kmsMasterKeyId } = inputsOf(
      plain,
      "sqs/queue:Queue",
      "acme-stream-uploads",
    );
    expect(JSON.parse(String(redrivePolicy))).toEqual({
      deadLetterTargetArn: arn("sqs", autoName("acme-stream-uploads-dead-letter")),
      maxReceiveCount: 3,
    });
    const { timeout } = inputsOf(plain, "lambda/function:Function", "acme-stream-upload");
    expect([visibilityTimeoutSeconds, kmsMasterKeyId]).toEqual([6 * Number(timeout), operations(plain)]);
  });

  test("only the rule of curated files starts the function that reads them", () => {
    expect(inputsOf(plain, "lambda/permission:Permission", "acme-knowledge-landed-permission")).toEqual({
      action: "lambda:InvokeFunction",
      function: autoName("acme-knowledge-landed"),
      principal: "events.amazonaws.com",
      sourceArn: arn("events", `rule/${autoName("acme-knowledge-landed-rule")}`),
      sourceAccount: account,
    });
    const pattern = JSON.parse(
      String(inputsOf(plain, "cloudwatch/eventRule:EventRule", "acme-knowledge-landed-rule")["eventPattern"]),
    ) as object;
    expect(pattern).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [autoName("acme-lake-curated")] },
        object: { key: [{ prefix: "readings/" }, { prefix: "frames_" }] },
      },
    });
  });
});
