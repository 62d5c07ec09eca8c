import type { Config } from "../../config.ts";
import type { CostLine } from "../contracts/outlook.ts";
import { costLine, type Use } from "../shared/cost-line.ts";
import { queryOf } from "./query-settings.ts";
import { azurePrices as prices, type ListPrice } from "../shared/list-prices.ts";

const hoursPerMonth = 730;
const million = 1_000_000;
const gigabyte = 1_000_000_000;

/** Stored Parquet, compressed (functions' own files; docs/benchmarks). */
const bytesPerReading = 10;
/** How much larger files are in Snappy than in zstd: 20,000 readings of the sample press. */
const snappy = 1.9;
/** Messages that one invocation of the decoder takes, and its seconds and gigabytes. */
const batch = { messages: 700, seconds: 0.5, gigabytes: 2 };
/** Runs a month, and what each takes beside the rows that it merges: on the machine of docs/benchmarks.md 250,000 a second. */
const compaction = { runs: 4 * 30, seconds: 5, gigabytes: 2, readingsPerSecond: 250_000 };
/** Of one certificate: the least that a request is charged, and some ten reads and writes of the registry. */
const enrolment = { seconds: 1, gigabytes: 0.5, units: 100 };
/** Request units of one conditional write of a small item. */
const unitsPerWrite = 11;
/**
 * Request units of a detector of anomalies: a file reads 120 kB at most and writes 8, each 250 values at least the whole
 * is written (bench/alarm-detectors.ts; Microsoft Learn, "Understand request unit consumption").
 */
const detector = { perFile: 19, perValue: 0.24 };
/** What the functions and resources log for a million messages, gigabytes. */
const logsPerMillion = 0.2;
/** vault, three zones, four functions' accounts, Event Hubs, Cosmos DB, four apps. */
const privateEndpoints = 14;
/** An account and an app. */
const ofQuery = 2;
/** An account and an app. */
const ofApi = 2;
/** An account and an app. */
const ofScoring = 2;
/** A file of frames that is scored, with what is near it read. */
const scored = { seconds: 0.3, gigabytes: 2 };
/** Two accounts and apps, a vault, and the registry, which is there without them too. */
const ofEnrolment = 6;
const ofRegistry = 1;
/** An account and an app. */
const ofUploads = 2;
/** An account and an app. */
const ofDeclaredInsights = 2;
/** An account and an app. */
const ofReports = 2;
/** Of some thousand devices; one of a million reads their registry for minutes. */
const reportRun = { seconds: 5, gigabytes: 0.5 };
/** Of a run of declared insights, with an hour, its day and what is said of now. */
const insightRun = { seconds: 5, gigabytes: 2, writes: 20 };
/** An account and a workspace. */
const ofServerlessSql = 2;
const daysPerMonth = hoursPerMonth / 24;

const storagePrices: Record<Config["azure"]["redundancy"], ListPrice> = {
  LRS: prices.blobHot,
  ZRS: prices.blobHotZone,
  GZRS: prices.blobHotGeo,
};

/** The expected load a month, priced. Sums are rough: they leave out free grants, transfer and what queries read beyond serverless SQL. */
export function costLines(config: Config): CostLine[] {
  return uses(config).map(costLine);
}

function uses({ load, azure, zones, fleet, alarms, scoring, insights, reports }: Config): Use[] {
  const messages = load.devices * load.messagesPerHour * hoursPerMonth;
  const inMillions = messages / million;
  const invocations = messages / batch.messages;
  const { eventHubs } = azure;
  const storage = storagePrices[azure.redundancy];
  const premium = eventHubs.tier === "premium";
  // Files land at most every buffer interval; each brings a device's metrics once.
  const landings =
    (load.devices * Math.min(load.messagesPerHour, 3_600 / azure.bufferSeconds) * hoursPerMonth) / million;
  const limits = alarms.rules.filter(({ kind }) => kind === "limit").length;
  const anomalies = alarms.rules.filter(({ kind }) => kind === "anomaly").length;
  const of =
    (component: string) =>
    (item: string, price: ListPrice, quantity: number): Use => ({ component, item, price, quantity });
  const [ingest, stream, lake, knowledge] = [
    of("SecureIngest"),
    of("StreamProcessor"),
    of("EncryptedLake"),
    of("KnowledgeBase"),
  ];
  return [
    ...(azure.ingest === "iothub"
      ? [
          ingest("IoT Hub", prices.iotHubS1Month, azure.iotHub.units),
          // A device registers when its certificate is renewed or it was reset: about once a month.
          ingest("registrations", prices.dpsOperation, load.devices / 1_000),
        ]
      : [
          ingest("broker", prices.eventGridUnitHour, azure.throughputUnits * hoursPerMonth),
          ingest("messages", prices.eventGridMqtt, inMillions * Math.ceil(load.payloadBytes / 1_024)),
          // Published once, delivered once.
          ingest("routing", prices.eventGridOperation, 2 * inMillions),
        ]),
    premium
      ? stream("Event Hubs premium", prices.eventHubsPremiumHour, eventHubs.units * hoursPerMonth)
      : stream("Event Hubs", prices.eventHubsUnitHour, eventHubs.units * hoursPerMonth),
    ...(premium ? [] : [stream("events", prices.eventHubsIngress, inMillions)]),
    stream("decoder executions", prices.flexExecution, invocations / million),
    stream("decoder compute", prices.flexSecond, invocations * batch.seconds * batch.gigabytes),
    stream("logs", prices.logIngest, inMillions * logsPerMillion),
    lake(
      "raw zone, at the end of its retention or a year",
      storage,
      stored(messages * load.payloadBytes, zones.raw),
    ),
    lake(
      "curated zone, at the end of its retention or a year",
      storage,
      stored(
        messages *
          load.readingsPerMessage *
          bytesPerReading *
          (azure.serverlessSql === undefined ? 1 : snappy),
        zones.curated,
      ),
    ),
    lake(
      "blobs written",
      azure.redundancy === "GZRS" ? prices.blobWriteGeo : prices.blobWrite,
      (3 * invocations) / 10_000,
    ),
    ...(azure.network === "private"
      ? [
          lake(
            "private endpoints",
            prices.privateEndpointHour,
            (privateEndpoints +
              (queryOf(azure).kind === "none" ? 0 : ofQuery) +
              (azure.api === "none" ? 0 : ofApi) +
              (scoring.models.length === 0 ? 0 : ofScoring) +
              (insights === null ? 0 : ofDeclaredInsights) +
              (reports.schedule === null ? 0 : ofReports) +
              (azure.serverlessSql === undefined ? 0 : ofServerlessSql) +
              (azure.enrolment !== undefined
                ? ofEnrolment
                : azure.fleetRegistry !== undefined
                  ? ofRegistry
                  : 0) +
              // Within a private network it asks a registry, or there is none.
              (azure.enrolment === undefined && azure.fleetRegistry === undefined ? 0 : ofUploads)) *
              hoursPerMonth,
          ),
        ]
      : []),
    ...(azure.serverlessSql === undefined
      ? []
      : [
          lake(
            "serverless SQL, at the most that a day's queries may read",
            prices.serverlessSqlTerabyte,
            azure.serverlessSql.dailyTerabytes * daysPerMonth,
          ),
        ]),
    knowledge("latest state", prices.cosmosRequest, unitsPerWrite * landings * (load.readingsPerMessage + 1)),
    // As if each limit looked at every device: the series is kept with each file.
    ...(limits === 0
      ? []
      : [knowledge("alarm book, at most", prices.cosmosRequest, unitsPerWrite * landings * limits)]),
    // As if each looked at every device.
    ...(anomalies === 0
      ? []
      : [
          knowledge(
            "detectors of anomalies, at most",
            prices.cosmosRequest,
            anomalies * (landings * detector.perFile + inMillions * detector.perValue),
          ),
        ]),
    ...(azure.enrolment === undefined ? [] : enrolmentUses(load.devices, fleet.certificateDays)),
    knowledge(
      "compaction",
      prices.flexSecond,
      compaction.gigabytes *
        (compaction.runs * compaction.seconds +
          (messages * load.readingsPerMessage) / compaction.readingsPerSecond),
    ),
    ...(insights === null ? [] : insightUses(azure)),
    ...(reports.schedule === null
      ? []
      : [
          knowledge(
            "reports",
            prices.flexSecond,
            (reports.schedule.every === "day" ? 31 : 5) * reportRun.seconds * reportRun.gigabytes,
          ),
        ]),
    ...(scoring.models.length === 0
      ? []
      : [
          // As if every batch of the decoder had frames.
          knowledge(
            "scoring compute, at most",
            prices.flexSecond,
            invocations * scored.seconds * scored.gigabytes,
          ),
        ]),
    // As if one that looks every hour cost as much as one that does every five minutes.
    knowledge(
      "log alerts, at most",
      prices.logAlert,
      6 + (alarms.rules.length === 0 ? 0 : 1) + (insights === null ? 0 : 1),
    ),
    knowledge("metric alerts", prices.metricAlert, 2),
  ];
}

/** Declared insights, as if something had landed for every run. */
function insightUses({ insightMinutes, redundancy }: Config["azure"]): Use[] {
  const runs = (hoursPerMonth * 60) / insightMinutes;
  const use = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "KnowledgeBase",
    ...{ item, price, quantity },
  });
  return [
    use("declared insights", prices.flexSecond, runs * insightRun.seconds * insightRun.gigabytes),
    use(
      "results of insights",
      redundancy === "GZRS" ? prices.blobWriteGeo : prices.blobWrite,
      (runs * insightRun.writes) / 10_000,
    ),
  ];
}

/** Devices that renew at two thirds of a certificate's life. @param days that one lives */
function enrolmentUses(devices: number, days: number): Use[] {
  const certificates = (devices * 30) / (days * (2 / 3));
  const use = (item: string, price: ListPrice, quantity: number): Use => ({
    component: "DeviceFleet",
    ...{ item, price, quantity },
  });
  return [
    use("enrolment compute", prices.flexSecond, certificates * enrolment.seconds * enrolment.gigabytes),
    use("registry", prices.cosmosRequest, (certificates * enrolment.units) / million),
  ];
}

/** Gigabytes at the end. @param bytes of a month */
const stored = (bytes: number, { retentionDays }: { readonly retentionDays: number }): number =>
  (bytes * (retentionDays === 0 ? 12 : retentionDays / 30)) / gigabyte;
