/**
 * Default quotas of the clouds that a fleet comes near: the one place for them. Large regions; smaller ones have less,
 * and an account's own may have been raised. Each names the vendor's page, where it was read and of which date.
 */
import type { QuotaLine } from "../contracts/outlook.ts";

export interface DefaultQuota {
  readonly quota: string;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
}

const iotCore =
  "https://docs.aws.amazon.com/general/latest/gr/iot-core.html, as reprinted in public copies up to 2025; Service Quotas knows yours";
const firehose = "https://docs.aws.amazon.com/firehose/latest/dev/limits.html, 2025";
const kinesis = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html, 2025";
const lambda = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, 2025";
const eventGrid = "https://learn.microsoft.com/azure/event-grid/quotas-limits, 2025-07";
const eventHubs = "https://learn.microsoft.com/azure/event-hubs/event-hubs-scalability, 2023-11";
const functions = "https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan, 2026";
const iotHub = "https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling, 2026-05";
const dps = "https://learn.microsoft.com/azure/iot-dps/about-iot-dps#quotas-and-limits, 2024-03";

const quota = (name: string, limit: number, unit: string, source: string): DefaultQuota => ({
  ...{ quota: name, limit, unit, source },
});

export const awsQuotas = {
  connections: quota("IoT Core connections", 500_000, "sessions", iotCore),
  connectRate: quota("IoT Core connect rate", 500, "connects a second", iotCore),
  publishes: quota("IoT Core inbound publishes", 20_000, "messages a second", iotCore),
  publishesOfOne: quota("IoT Core publishes of one connection", 100, "messages a second", iotCore),
  payload: quota("IoT Core payload", 131_072, "bytes", iotCore),
  registrations: quota("IoT Core RegisterThing", 10, "devices a second", iotCore),
  firehoseRecords: quota("Firehose direct PUT records", 500_000, "records a second", firehose),
  firehoseBytes: quota("Firehose direct PUT bytes", 5_242_880, "bytes a second", firehose),
  kinesisShard: quota("Kinesis records of a shard", 1_000, "records (or KiB) a second", kinesis),
  kinesisOnDemand: quota("Kinesis on-demand, initial", 4_000, "records (or KiB) a second", kinesis),
  /** In a settled account; a new one may have ten. */
  lambdaConcurrency: quota("Lambda concurrent executions", 1_000, "reserved", lambda),
} as const satisfies Record<string, DefaultQuota>;

/** Where a quota is for each unit, the stack's units multiply it. */
export const azureQuotas = {
  eventGridClients: quota("Event Grid clients and sessions of a unit", 10_000, "clients", eventGrid),
  eventGridConnects: quota("Event Grid connect rate of a unit", 200, "connects a second", eventGrid),
  eventGridPublishes: quota("Event Grid inbound messages of a unit", 1_000, "messages a second", eventGrid),
  eventGridBytes: quota("Event Grid inbound bytes of a unit", 1_000_000, "bytes a second", eventGrid),
  eventGridPublishesOfOne: quota("Event Grid messages of one session", 1_000, "messages a second", eventGrid),
  eventGridPayload: quota("Event Grid payload", 524_288, "bytes", eventGrid),
  topicEvents: quota("Event Grid routing topic", 5_000, "events a second", eventGrid),
  eventHubsEvents: quota("Event Hubs events of a throughput unit", 1_000, "events a second", eventHubs),
  eventHubsBytes: quota("Event Hubs bytes of a throughput unit", 1_000_000, "bytes a second", eventHubs),
  /** 5 to 10 MB a second, by what the events are like. */
  eventHubsPremiumBytes: quota(
    "Event Hubs bytes of a processing unit",
    5_000_000,
    "bytes a second",
    eventHubs,
  ),
  functionInstances: quota("Functions instances of one app", 1_000, "instances", functions),
  iotHubMessages: quota("IoT Hub messages of an S1 unit", 400_000, "messages of 4 kB a day", iotHub),
  iotHubSends: quota("IoT Hub sends", 100, "messages a second", iotHub),
  iotHubConnects: quota("IoT Hub connects", 100, "connects a second", iotHub),
  iotHubDevices: quota("IoT Hub identities", 1_000_000, "devices", iotHub),
  dpsRegistrations: quota("Device Provisioning registrations", 1_000, "devices a minute", dps),
} as const satisfies Record<string, DefaultQuota>;

/**
 * What an expected load takes of a quota.
 *
 * @param units of the stack, where the quota is for each; default 1
 */
export function quotaLine(of: DefaultQuota, expected: number, remark: string, units = 1): QuotaLine {
  return {
    quota: units === 1 ? of.quota : `${of.quota} × ${units}`,
    limit: of.limit * units,
    expected: Number(expected.toPrecision(4)),
    unit: of.unit,
    remark,
    source: of.source,
  };
}
