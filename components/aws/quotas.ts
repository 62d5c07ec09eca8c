import type { Config } from "../../config.ts";
import type { QuotaLine } from "../contracts/outlook.ts";
import { awsQuotas as quotas, quotaLine } from "../shared/default-quotas.ts";
import {
  apiConcurrency,
  compactionConcurrency,
  declaredConcurrency,
  enrolmentConcurrency,
  reportConcurrency,
  scoringConcurrency,
} from "./settings.ts";

const secondsPerHour = 3_600;
const secondsPerWeek = 7 * 24 * secondsPerHour;

/** What the expected load takes of the default quotas of AWS IoT Core, Firehose, Kinesis and Lambda. */
export function quotaLines({ load, stream, aws, scoring, insights, reports }: Config): QuotaLine[] {
  const perSecond = (load.devices * load.messagesPerHour) / secondsPerHour;
  const bytesPerSecond = perSecond * (load.payloadBytes * 1.34 + 120);
  const connectSeconds = Math.ceil(load.devices / quotas.connectRate.limit);
  const allFirst = hours(load.devices / quotas.registrations.limit);
  const shards = typeof aws.shards === "number" ? aws.shards : 16;
  const decoding = stream.profile === "frugal" ? 16 : 11 + shards * Math.min(stream.concurrency, 10);
  const reserved =
    decoding +
    enrolling(aws.enrolment) +
    (scoring.models.length === 0 ? 0 : scoringConcurrency) +
    (insights === null ? 0 : declaredConcurrency) +
    (aws.tableFormat === "iceberg" ? 0 : compactionConcurrency) +
    (reports.schedule === null ? 0 : reportConcurrency) +
    (aws.api === "none" ? 0 : apiConcurrency);
  return [
    quotaLine(quotas.connections, load.devices, "raise before the fleet grows beyond"),
    quotaLine(
      quotas.connectRate,
      load.devices / secondsPerHour,
      `all devices at once take ${connectSeconds} s; devices spread their reconnects`,
    ),
    quotaLine(quotas.publishes, perSecond, "2,000 in small regions"),
    quotaLine(
      quotas.publishesOfOne,
      load.messagesPerHour / secondsPerHour,
      "beyond, pack several readings into a message",
    ),
    quotaLine(quotas.payload, load.payloadBytes, "the contract's cap is 65,536"),
    quotaLine(
      quotas.registrations,
      load.devices / secondsPerWeek,
      `a fleet that comes in a week; at ten a second all first connections take ${allFirst}`,
    ),
    ...(stream.profile === "frugal"
      ? [
          quotaLine(quotas.firehoseRecords, perSecond, "100,000 in small regions"),
          quotaLine(quotas.firehoseBytes, bytesPerSecond, "1 MiB in small regions"),
        ]
      : [kinesisLine(aws.shards, Math.max(perSecond, bytesPerSecond / 1_024))]),
    quotaLine(
      quotas.lambdaConcurrency,
      reserved,
      "100 stay for functions without reservation; a new account may start with 10 in all",
    ),
  ];
}

const enrolling = (enrolment: Config["aws"]["enrolment"]): number =>
  enrolment === undefined
    ? 0
    : enrolmentConcurrency.enrol +
      (enrolment.checkOnConnect ? enrolmentConcurrency.admission : 0) +
      (enrolment.claim === undefined ? 0 : enrolmentConcurrency.claimSigner + enrolmentConcurrency.claimHook);

const kinesisLine = (shards: Config["aws"]["shards"], expected: number): QuotaLine =>
  typeof shards === "number"
    ? quotaLine(quotas.kinesisShard, expected, "add shards: fieldlake:aws.shards", shards)
    : quotaLine(quotas.kinesisOnDemand, expected, "doubles by itself within minutes");

const hours = (seconds: number): string =>
  seconds < 3_600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
