/**
 * List prices of us-east-1 in US dollars, without free tier, discounts and taxes: the one place for them. AWS's price
 * list is not read: these are for comparing choices, not for an offer. `found` names a public statement that was
 * seen; where it says "memory", nobody looked it up: check the page before relying on it.
 */

/** When the list was put together. */
export const pricesAsOf = "2026-11";

export interface Price {
  readonly usd: number;
  /** What the price is for one of. */
  readonly unit: string;
  /** AWS's page of the price. */
  readonly page: string;
  readonly found: string;
}

const memory = `memory, ${pricesAsOf}`;
const price = (usd: number, unit: string, page: string, found: string = memory): Price => ({
  usd,
  unit,
  page: `https://aws.amazon.com/${page}`,
  found,
});

export const prices = {
  iotMessage: price(1.0, "million messages of up to 5 kB", "iot-core/pricing"),
  iotConnection: price(0.08, "million minutes", "iot-core/pricing"),
  iotRule: price(0.15, "million rules triggered", "iot-core/pricing"),
  iotAction: price(0.15, "million actions of up to 5 kB", "iot-core/pricing"),
  firehoseIngest: price(0.029, "GB, each record rounded up to 5 kB", "firehose/pricing"),
  firehoseConvert: price(0.018, "GB converted", "firehose/pricing"),
  firehosePartition: price(0.02, "GB partitioned", "firehose/pricing"),
  kinesisStreamHour: price(0.04, "hour of an on-demand stream", "kinesis/data-streams/pricing"),
  kinesisIn: price(0.08, "GB in, each record rounded up to 1 kB", "kinesis/data-streams/pricing"),
  kinesisOut: price(0.04, "GB out", "kinesis/data-streams/pricing"),
  kinesisShardHour: price(
    0.015,
    "shard hour",
    "kinesis/data-streams/pricing",
    "https://c3x.dev/resources/aws/aws_kinesis_stream (2026)",
  ),
  kinesisPut: price(0.014, "million units of 25 kB", "kinesis/data-streams/pricing"),
  lambdaRequest: price(0.2, "million requests", "lambda/pricing"),
  lambdaSecond: price(0.0000133334, "GB-second on arm64", "lambda/pricing"),
  s3Storage: price(0.023, "GB-month", "s3/pricing"),
  s3Put: price(0.005, "thousand PUT requests", "s3/pricing"),
  keyMonth: price(1.0, "key-month", "kms/pricing"),
  keyRequest: price(0.03, "ten thousand requests", "kms/pricing"),
  dynamoWrite: price(
    0.625,
    "million write request units",
    "dynamodb/pricing/on-demand",
    "https://airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07)",
  ),
  alarmMonth: price(0.1, "alarm-month", "cloudwatch/pricing"),
  metricMonth: price(0.3, "metric-month", "cloudwatch/pricing"),
  logIngest: price(0.5, "GB of logs", "cloudwatch/pricing"),
  athenaScan: price(5.0, "TB scanned", "athena/pricing"),
} as const satisfies Record<string, Price>;
