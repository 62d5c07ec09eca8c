/** Knowledge of the aws target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { asset } from "@pulumi/pulumi";
import { unwrapped } from "../../../provider/values.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { toldMetrics } from "../told-metrics.ts";
import { documentOf, everything, frugal, recordAws, type Parts } from "./environment.ts";
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

describe("knowledge", () => {
  test("the latest state: our key, restorable to any second, ends by itself, protected outside dev", () => {
    const table = (recorded: Recorded) => inputsOf(recorded, "dynamodb/table:Table", "acme-knowledge-latest");
    expect(table(plain)).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn(plain.recording, "acme-lake-curated-key") },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      ttl: { enabled: true, attributeName: "expires" },
      deletionProtectionEnabled: false,
    });
    expect(table(full)["deletionProtectionEnabled"]).toBe(true);
  });

  test("the insight runs on a schedule under our key, with retries that end", () => {
    expect(inputsOf(plain, "scheduler/schedule:Schedule", "acme-knowledge-schedule")).toMatchObject({
      scheduleExpression: "rate(15 minutes)",
      kmsKeyArn: operations(plain),
      target: {
        arn: arn("lambda", `function:${autoName("acme-knowledge-insight")}`),
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 600 },
        deadLetterConfig: { arn: arn("sqs", autoName("acme-knowledge-insight-dead-letter")) },
      },
    });
  });

  test("small files are merged one run at a time, every six hours; with Iceberg there is nothing for it", () => {
    expect(inputsOf(plain, "lambda/function:Function", "acme-knowledge-compact")).toMatchObject({
      architectures: ["x86_64"],
      kmsKeyArn: operations(plain),
      sourceKmsKeyArn: operations(plain),
      reservedConcurrentExecutions: 1,
      timeout: 900,
      deadLetterConfig: { targetArn: arn("sqs", autoName("acme-knowledge-compact-dead-letter")) },
      environment: { variables: { CURATED_BUCKET: autoName("acme-lake-curated"), TENANT: "acme" } },
    });
    expect(inputsOf(plain, "scheduler/schedule:Schedule", "acme-knowledge-merge")).toMatchObject({
      scheduleExpression: "rate(360 minutes)",
      kmsKeyArn: operations(plain),
      target: { arn: arn("lambda", `function:${autoName("acme-knowledge-compact")}`) },
    });
    const compacting = full.recording.registrations.filter(({ name }) => name.includes("-compact"));
    expect(compacting).toEqual([]);
  });

  test("reports: at their hour, under our key, with the dead letters watched; none where the schedule is null", async () => {
    const schedule = "scheduler/schedule:Schedule";
    expect(inputsOf(plain, schedule, "acme-knowledge-reports")).toMatchObject({
      scheduleExpression: "cron(0 6 * * ? *)",
      kmsKeyArn: operations(plain),
      target: {
        arn: arn("lambda", `function:${autoName("acme-knowledge-report")}`),
        deadLetterConfig: { arn: arn("sqs", autoName("acme-knowledge-report-dead-letter")) },
      },
    });
    expect(
      inputsOf(plain, "cloudwatch/metricAlarm:MetricAlarm", "acme-knowledge-alarm-dead-letters-report"),
    ).toMatchObject({
      threshold: 0,
      alarmActions: [arn("sns", autoName("acme-knowledge-alarms"))],
      dimensions: { QueueName: autoName("acme-knowledge-report-dead-letter") },
    });
    expect(inputsOf(full, "lambda/function:Function", "acme-knowledge-report")).toMatchObject({
      kmsKeyArn: operations(full),
      environment: {
        variables: {
          REPORTS: '{"schedule":{"every":"day","hourUtc":6},"days":7,"keep":30}',
          ALARM_TABLE: autoName("acme-knowledge-alarm-book"),
          FLEET_TABLE: autoName("acme-fleet-registry"),
        },
      },
    });
    const weekly = { schedule: { every: "week", weekday: "wednesday", hourUtc: 22 } };
    const [later, never] = [
      await recordAws({ ...frugal, reports: weekly }),
      await recordAws({ ...frugal, reports: { schedule: null } }),
    ];
    expect(inputsOf(later, schedule, "acme-knowledge-reports")).toMatchObject({
      scheduleExpression: "cron(0 22 ? * WED *)",
    });
    expect(JSON.stringify(never.recording.inventory())).not.toContain("report");
  });

  test("alarms go to a topic under our key, published to by this account's alarms over TLS", () => {
    expect(inputsOf(plain, "sns/topic:Topic", "acme-knowledge-alarms")).toEqual({
      kmsMasterKeyId: operations(plain),
      signatureVersion: 2,
    });
    const topic = arn("sns", autoName("acme-knowledge-alarms"));
    expect(
      documentOf(inputsOf(plain, "sns/topicPolicy:TopicPolicy", "acme-knowledge-alarms-policy")["policy"])
        .Statement,
    ).toEqual([
      {
        Sid: "DenyPlainText",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": arn("cloudwatch", "alarm:*") },
        },
      },
    ]);
    expect(inputsOf(full, "sns/topicSubscription:TopicSubscription", "acme-knowledge-alarms-mail-0")).toEqual(
      {
        topic,
        protocol: "email",
        endpoint: "ops@acme.example",
      },
    );
  });

  test("rules get a book under the curated zone's key, their text beside the code, and a topic; none, nothing", () => {
    expect(inputsOf(full, "dynamodb/table:Table", "acme-knowledge-alarm-book")).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn(full.recording, "acme-lake-curated-key") },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      ttl: { enabled: true, attributeName: "expires" },
      deletionProtectionEnabled: true,
    });
    const settings = {
      ALARM_TABLE: autoName("acme-knowledge-alarm-book"),
      ALARM_TOPIC: arn("sns", autoName("acme-knowledge-alarms")),
      DATA_ENDPOINT: expect.stringMatching(/-ats\.iot\./),
    };
    for (const name of ["acme-knowledge-landed", "acme-knowledge-insight"]) {
      expect(inputsOf(full, "lambda/function:Function", name)["environment"]).toMatchObject({
        variables: settings,
      });
      expect(JSON.stringify(inputsOf(plain, "lambda/function:Function", name))).not.toContain("ALARM_");
    }
    expect(
      inputsOf(full, "sns/topicSubscription:TopicSubscription", "acme-knowledge-alarms-webhook"),
    ).toEqual({
      topic: arn("sns", autoName("acme-knowledge-alarms")),
      protocol: "https",
      endpoint: "https://alarms.acme.example/fieldlake",
    });
  });

  test("says where alarms are kept", async () => {
    expect(await settled(plain.parts.knowledge.alarmBook)).toEqual({ kind: "none" });
    const table = autoName("acme-knowledge-alarm-book");
    expect(await settled(full.parts.knowledge.alarmBook)).toEqual({ kind: "aws-dynamodb", region, table });
  });

  test.each<[string, Record<string, unknown>]>([
    ["lag", { metricName: "DeliveryToS3.DataFreshness", namespace: "AWS/Firehose", threshold: 1_200 }],
    ["freshness", { metricName: "FreshnessSeconds", namespace: "Fieldlake" }],
    ["quarantine-rate", { threshold: 5 }],
    [
      "dead-letters-ingest",
      { namespace: "AWS/SQS", dimensions: { QueueName: autoName("acme-ingest-dead-letter") }, threshold: 0 },
    ],
    [
      "issuer-expiry",
      { metricName: "IssuerDaysLeft", comparisonOperator: "LessThanThreshold", threshold: 30 },
    ],
    [
      "decoder-errors",
      { namespace: "AWS/Lambda", dimensions: { FunctionName: autoName("acme-stream-decoder") } },
    ],
    [
      "failures-compaction",
      { metricName: "CompactionFailures", namespace: "Fieldlake", threshold: 0, treatMissingData: "ignore" },
    ],
  ])("alarm %s reaches the topic", (what, inputs) => {
    const topic = arn("sns", autoName("acme-knowledge-alarms"));
    expect(
      inputsOf(plain, "cloudwatch/metricAlarm:MetricAlarm", `acme-knowledge-alarm-${what}`),
    ).toMatchObject({
      ...inputs,
      actionsEnabled: true,
      alarmActions: [topic],
    });
  });

  test("who declares insights is told of those that could not be worked out, until a run has none", () => {
    const name = "acme-knowledge-alarm-failures-insights";
    expect(inputsOf(full, "cloudwatch/metricAlarm:MetricAlarm", name)).toMatchObject({
      ...{ metricName: "InsightFailures", statistic: "Maximum", threshold: 0, evaluationPeriods: 1 },
      dimensions: { Environment: "acme" },
      treatMissingData: "ignore",
      alarmActions: [arn("sns", autoName("acme-knowledge-alarms"))],
      okActions: [arn("sns", autoName("acme-knowledge-alarms"))],
    });
    expect(plain.recording.registrations.filter((made) => made.name === name)).toEqual([]);
  });

  test("throughput watches the age of what Kinesis holds", () => {
    expect(inputsOf(full, "cloudwatch/metricAlarm:MetricAlarm", "acme-knowledge-alarm-lag")).toMatchObject({
      metricName: "IteratorAge",
      namespace: "AWS/Lambda",
      threshold: 300_000,
    });
  });

  test("models score new files of their tables and put scores where the topic rules do; without models, nothing", async () => {
    const name = "acme-knowledge-scoring";
    expect(JSON.stringify(plain.recording.registrations)).not.toContain(name);
    const made = inputsOf(full, "lambda/function:Function", name);
    expect(made).toMatchObject({
      environment: {
        variables: {
          CURATED_BUCKET: autoName("acme-lake-curated"),
          STREAM_ARN: arn("kinesis", `stream/${autoName("acme-stream-kinesis")}`),
        },
      },
      ...{ kmsKeyArn: operations(full), sourceKmsKeyArn: operations(full), reservedConcurrentExecutions: 5 },
    });
    const model = `models/${"a".repeat(64)}.onnx`;
    const { code } = full.recording.one("aws:lambda/function:Function", name).inputs;
    const assets = await (code as asset.AssetArchive).assets;
    expect(Object.keys(assets).sort()).toEqual(["bundle.mjs.map", "index.mjs", "models.json", model]);
    const { text } = assets["models.json"] as asset.StringAsset;
    expect(JSON.parse(await text)).toEqual([expect.objectContaining({ name: "activity", file: model })]);
    const rule = inputsOf(full, "cloudwatch/eventRule:EventRule", "acme-knowledge-frames-rule");
    expect(JSON.parse(String(rule["eventPattern"]))).toMatchObject({
      detail: { object: { key: [{ prefix: "frames_wearable_imu/" }] } },
    });
    // Ten minutes are more than Lambda gathers.
    expect(
      inputsOf(full, "lambda/eventSourceMapping:EventSourceMapping", "acme-knowledge-frames-turns"),
    ).toMatchObject({
      ...{ batchSize: 50, maximumBatchingWindowInSeconds: 300 },
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(
      inputsOf(full, "cloudwatch/metricAlarm:MetricAlarm", "acme-knowledge-alarm-dead-letters-frames"),
    ).toMatchObject({
      dimensions: { QueueName: autoName("acme-knowledge-frames-dead-letter") },
      threshold: 0,
    });
    const { scoring } = everything;
    const small = await recordAws({ ...frugal, profiles: ["wearable-imu"], scoring });
    const policy = inputsOf(
      { recording: small.recording, parts: small.parts },
      "iam/rolePolicy:RolePolicy",
      `${name}-data`,
    );
    expect(documentOf(policy["policy"]).Statement).toContainEqual({
      ...{ Sid: "TellScores", Effect: "Allow", Action: "firehose:PutRecordBatch" },
      Resource: arn("firehose", `deliverystream/${autoName("acme-stream-firehose")}`),
    });
  });

  test("the dashboard shows metrics that exist, and its address needs no token of ours", async () => {
    const { dashboardName, dashboardBody } = inputsOf(
      plain,
      "cloudwatch/dashboard:Dashboard",
      "acme-knowledge-dashboard",
    );
    expect(dashboardName).toBe("fieldlake-acme");
    const { widgets } = JSON.parse(String(dashboardBody)) as {
      widgets: { properties: { metrics: string[][] } }[];
    };
    const metrics = widgets.flatMap(({ properties }) =>
      properties.metrics.map(([namespace, metric]) => `${namespace} ${metric}`),
    );
    expect(metrics).toEqual(
      expect.arrayContaining(
        ["Messages", "FilesTaken", "InsightUnits", "ScoredWindows"].map((one) => `Fieldlake ${one}`),
      ),
    );
    const own = metrics.flatMap((one) =>
      one.startsWith("Fieldlake ") ? [one.slice("Fieldlake ".length)] : [],
    );
    expect(own.filter((one) => !toldMetrics().has(one))).toEqual([]);
    expect(metrics).toContain("AWS/Firehose DeliveryToS3.DataFreshness");
    expect(await settled(plain.parts.knowledge.dashboardUrl)).toBe(
      `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/fieldlake-acme`,
    );
    expect(await settled<string | null>(plain.parts.knowledge.dashboardToken)).toBeNull();
  });
});
