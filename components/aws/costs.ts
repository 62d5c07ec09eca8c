import type { Config } from "../../config.ts";
import type { CostLine } from "../contracts/outlook.ts";
import { costLine, type Use } from "../shared/cost-line.ts";
import { awsPrices as prices, type ListPrice } from "../shared/list-prices.ts";

const hoursPerMonth = 730;
const minutesPerMonth = hoursPerMonth * 60;
const million = 1_000_000;
const gigabyte = 1_000_000_000;

/** What the envelope adds to a payload: base64, topic, client id, time. */
const envelopeBytes = (payload: number): number => Math.ceil(payload * 1.34) + 120;
const roundedUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** Stored Parquet, compressed (functions' own files; docs/benchmarks). */
const bytesPerReading = 10;
/** Messages that one invocation of the decoder takes, and its seconds and gigabytes. */
const batch = { messages: 700, seconds: 0.5, gigabytes: 1 };

/** A file of frames that is scored, with what is near it read. */
const scored = { seconds: 0.3, gigabytes: 2 };
/** Of a run of declared insights, with an hour, its day and what is said of now; x86-64 costs a quarter more. */
const insightRun = { seconds: 5 * 1.25, gigabytes: 2, writes: 20 };
/**
 * Runs of the compaction a month, and its seconds beside those of rows; x86-64 costs a quarter more. It has five metrics, each
 * paid for in the hours of its runs.
 */
const compaction = { runs: 4 * 30, seconds: 5, gigabytes: 2, readingsPerSecond: 100_000, dearer: 1.25 };
const compactionMetrics = (5 * 4) / 24;

/** Units of a detector of anomalies: of each file, and of each value (bench/alarm-detectors.ts, all digits). */
const detector = { readsPerFile: 39, writesPerFile: 3.5, writesPerValue: 0.18 };
/** Of some thousand devices; one of a million reads their registry for minutes. */
const reportRun = { seconds: 5, gigabytes: 0.5 };

/** Lambda asks a queue from five places at least, each of which waits 20 s for an answer. */
const polls = 5 * 3 * minutesPerMonth;

/** The expected load a month, priced. Sums are rough: they leave out free tiers, transfer, what queries read and what programs ask. */
export function costLines(config: Config): CostLine[] {
  return uses(config).map(costLine);
}

function uses({ load, stream, aws, zones, alarms, scoring, insights, reports }: Config): Use[] {
  const messages = load.devices * load.messagesPerHour * hoursPerMonth;
  const inMillions = messages / million;
  const invocations = messages / batch.messages;
  // Files land at most every buffer interval; each brings a device's metrics once.
  const landings =
    (load.devices * Math.min(load.messagesPerHour, 3_600 / aws.bufferSeconds) * hoursPerMonth) / million;
  const isMerged = aws.tableFormat !== "iceberg";
  const limits = alarms.rules.filter(({ kind }) => kind === "limit").length;
  const anomalies = alarms.rules.filter(({ kind }) => kind === "anomaly").length;
  const ingest = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "SecureIngest",
    item,
    price,
    quantity,
  });
  return [
    ...(aws.basicIngest
      ? []
      : [ingest("messages", prices.iotMessage, (inMillions * roundedUp(load.payloadBytes, 5_000)) / 5_000)]),
    ingest("connections", prices.iotConnection, (load.devices * minutesPerMonth) / million),
    ingest("rules", prices.iotRule, inMillions),
    ingest("actions", prices.iotAction, inMillions),
    ...(stream.profile === "frugal"
      ? firehoseUses(messages, load.payloadBytes, load.readingsPerMessage)
      : kinesisUses(messages, load.payloadBytes, aws.shards)),
    {
      component: "StreamProcessor",
      item: "decoder requests",
      price: prices.lambdaRequest,
      quantity: invocations / million,
    },
    {
      component: "StreamProcessor",
      item: "decoder compute",
      price: prices.lambdaSecond,
      quantity: invocations * batch.seconds * batch.gigabytes,
    },
    {
      component: "StreamProcessor",
      item: "queue of uploads",
      price: prices.sqsRequest,
      quantity: polls / million,
    },
    { component: "KnowledgeBase", item: "error queue", price: prices.sqsRequest, quantity: polls / million },
    ...lakeUses(messages, invocations, load, zones),
    ...(aws.enrolment === undefined ? [] : enrolmentUses),
    {
      component: "KnowledgeBase",
      item: "latest state",
      price: prices.dynamoWrite,
      quantity: landings * (load.readingsPerMessage + 2),
    },
    ...(limits === 0
      ? []
      : [
          // As if each limit looked at every device: the series is kept with each file.
          {
            component: "KnowledgeBase",
            item: "alarm book, at most",
            price: prices.dynamoWrite,
            quantity: landings * limits,
          },
        ]),
    ...(anomalies === 0 ? [] : detectorUses(anomalies, landings, inMillions)),
    ...(!isMerged ? [] : [compactionUse(messages * load.readingsPerMessage)]),
    ...(scoring.models.length === 0 ? [] : scoringUses(invocations)),
    ...(insights === null ? [] : insightUses(aws.insightMinutes)),
    ...(reports.schedule === null ? [] : [reportUse(reports.schedule.every === "day" ? 31 : 5)]),
    {
      component: "KnowledgeBase",
      item: "alarms",
      price: prices.alarmMonth,
      quantity:
        12 +
        (isMerged ? 2 : 0) +
        (scoring.models.length === 0 ? 0 : 2) +
        (insights === null ? 0 : 2) +
        (reports.schedule === null ? 0 : 1),
    },
    {
      component: "KnowledgeBase",
      item: "metrics",
      price: prices.metricMonth,
      quantity: 10 + (isMerged ? compactionMetrics : 0),
    },
  ];
}

/** As if each rule looked at every device. @param landings millions, as are values */
function detectorUses(rules: number, landings: number, values: number): readonly Use[] {
  const { readsPerFile, writesPerFile, writesPerValue } = detector;
  return [
    {
      component: "KnowledgeBase",
      item: "detectors of anomalies, at most",
      price: prices.dynamoWrite,
      quantity: rules * (landings * writesPerFile + values * writesPerValue),
    },
    {
      component: "KnowledgeBase",
      item: "reads of detectors, at most",
      price: prices.dynamoRead,
      quantity: rules * landings * readsPerFile,
    },
  ];
}

const compactionUse = (readings: number): Use => ({
  component: "KnowledgeBase",
  item: "compaction",
  price: prices.lambdaSecond,
  quantity:
    compaction.gigabytes *
    compaction.dearer *
    (compaction.runs * compaction.seconds + readings / compaction.readingsPerSecond),
});

const reportUse = (runs: number): Use => ({
  component: "KnowledgeBase",
  item: "reports",
  price: prices.lambdaSecond,
  quantity: runs * reportRun.seconds * reportRun.gigabytes,
});

/** As if every batch of the decoder had frames. */
const scoringUses = (batches: number): readonly Use[] => [
  {
    component: "KnowledgeBase",
    item: "queue of frames",
    price: prices.sqsRequest,
    quantity: polls / million,
  },
  {
    component: "KnowledgeBase",
    item: "scoring compute, at most",
    price: prices.lambdaSecond,
    quantity: batches * scored.seconds * scored.gigabytes,
  },
];

/** Declared insights, as if something had landed for every run. */
function insightUses(minutes: number): readonly Use[] {
  const runs = minutesPerMonth / minutes;
  return [
    {
      component: "KnowledgeBase",
      item: "declared insights",
      price: prices.lambdaSecond,
      quantity: runs * insightRun.seconds * insightRun.gigabytes,
    },
    {
      component: "KnowledgeBase",
      item: "results of insights",
      price: prices.s3Put,
      quantity: (runs * insightRun.writes) / 1_000,
    },
  ];
}

/** What enrolment costs where nobody enrols; a request is a few hundredths of a cent. */
const enrolmentUses: readonly Use[] = [
  { component: "DeviceFleet", item: "registry key", price: prices.keyMonth, quantity: 1 },
];

function firehoseUses(messages: number, payloadBytes: number, readings: number): Use[] {
  const billed = (messages * roundedUp(envelopeBytes(payloadBytes), 5_000)) / gigabyte;
  // A reading as a JSON line has some 300 bytes.
  const delivered = (messages * readings * 300) / gigabyte;
  const use = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "StreamProcessor",
    item,
    price,
    quantity,
  });
  return [
    use("Firehose ingestion", prices.firehoseIngest, billed),
    use("Firehose conversion to Parquet", prices.firehoseConvert, billed),
    use("Firehose partitioning", prices.firehosePartition, delivered),
  ];
}

function kinesisUses(
  messages: number,
  payloadBytes: number,
  shards: number | "on-demand" | undefined,
): Use[] {
  const use = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "StreamProcessor",
    item,
    price,
    quantity,
  });
  const bytes = envelopeBytes(payloadBytes);
  if (typeof shards === "number") {
    return [
      use("Kinesis shards", prices.kinesisShardHour, shards * hoursPerMonth),
      use("Kinesis records", prices.kinesisPut, (messages * Math.ceil(bytes / 25_000)) / million),
    ];
  }
  const billed = (messages * roundedUp(bytes, 1_024)) / gigabyte;
  return [
    use("Kinesis stream", prices.kinesisStreamHour, hoursPerMonth),
    use("Kinesis in", prices.kinesisIn, billed),
    use("Kinesis out", prices.kinesisOut, billed),
  ];
}

function lakeUses(
  messages: number,
  invocations: number,
  load: Config["load"],
  zones: Config["zones"],
): Use[] {
  const use = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "EncryptedLake",
    item,
    price,
    quantity,
  });
  const months = (retentionDays: number): number => (retentionDays === 0 ? 12 : retentionDays / 30);
  const raw = (messages * load.payloadBytes * months(zones.raw.retentionDays)) / gigabyte;
  const curated =
    (messages * load.readingsPerMessage * bytesPerReading * months(zones.curated.retentionDays)) / gigabyte;
  return [
    use("keys", prices.keyMonth, 4),
    use("raw zone, at the end of its retention or a year", prices.s3Storage, raw),
    use("curated zone, at the end of its retention or a year", prices.s3Storage, curated),
    use("objects written", prices.s3Put, (3 * invocations) / 1_000),
  ];
}
