import type { Config } from "../../config.ts";
import type { QuotaLine } from "../contracts/outlook.ts";

const secondsPerHour = 3_600;
/** Concurrent executions of Lambda in a settled account; a new one may have ten. */
const lambdaConcurrency = 1_000;

/**
 * Default quotas of AWS IoT Core, Firehose, Kinesis and Lambda in a large region
 * (https://docs.aws.amazon.com/general/latest/gr/iot-core.html and the services' own pages). Smaller regions have
 * less, and yours may have been raised: Service Quotas knows.
 */
export function quotaLines({ load, stream, aws }: Config): QuotaLine[] {
  const perSecond = (load.devices * load.messagesPerHour) / secondsPerHour;
  const bytesPerSecond = perSecond * (load.payloadBytes * 1.34 + 120);
  const line = (quota: string, limit: number, expected: number, unit: string, remark: string): QuotaLine => ({
    quota,
    limit,
    expected: Math.round(expected * 100) / 100,
    unit,
    remark,
  });
  return [
    line("IoT Core connections", 500_000, load.devices, "sessions", "raise before the fleet grows beyond"),
    line(
      "IoT Core connect rate",
      500,
      load.devices / secondsPerHour,
      "connects a second",
      `all devices at once take ${Math.ceil(load.devices / 500)} s; devices spread their reconnects`,
    ),
    line("IoT Core inbound publishes", 20_000, perSecond, "messages a second", "2,000 in small regions"),
    line(
      "IoT Core publishes of one connection",
      100,
      load.messagesPerHour / secondsPerHour,
      "messages a second",
      "beyond, pack several readings into a message",
    ),
    line("IoT Core payload", 131_072, load.payloadBytes, "bytes", "the contract's cap is 65,536"),
    line(
      "IoT Core RegisterThing",
      10,
      load.devices / (7 * 24 * secondsPerHour),
      "devices a second",
      `at ten a second all first connections take ${hours(load.devices / 10)}`,
    ),
    ...(stream.profile === "frugal"
      ? [
          line(
            "Firehose direct PUT records",
            500_000,
            perSecond,
            "records a second",
            "100,000 in small regions",
          ),
          line(
            "Firehose direct PUT bytes",
            5_242_880,
            bytesPerSecond,
            "bytes a second",
            "1 MiB in small regions",
          ),
        ]
      : [kinesisLine(aws.shards, perSecond, bytesPerSecond)]),
    line(
      "Lambda concurrent executions",
      lambdaConcurrency,
      stream.profile === "frugal"
        ? 16
        : 11 + (typeof aws.shards === "number" ? aws.shards : 16) * Math.min(stream.concurrency, 10),
      "reserved",
      "100 stay for functions without reservation; a new account may start with 10 in all",
    ),
  ];
}

function kinesisLine(shards: Config["aws"]["shards"], perSecond: number, bytesPerSecond: number): QuotaLine {
  const provisioned = typeof shards === "number";
  return {
    quota: provisioned ? `Kinesis records of ${shards} shards` : "Kinesis on-demand, initial",
    limit: provisioned ? shards * 1_000 : 4_000,
    expected: Math.round(Math.max(perSecond, bytesPerSecond / 1_024) * 100) / 100,
    unit: "records (or KiB) a second",
    remark: provisioned ? "add shards: fieldlake:aws.shards" : "doubles by itself within minutes",
  };
}

const hours = (seconds: number): string =>
  seconds < 3_600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
