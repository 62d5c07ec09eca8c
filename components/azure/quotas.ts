import type { Config } from "../../config.ts";
import type { ExpectedLoad, QuotaLine } from "../contracts/outlook.ts";
import { azureQuotas as quotas, quotaLine } from "../shared/default-quotas.ts";

const secondsPerHour = 3_600;
/** A CloudEvent around a payload: base64 and its attributes. */
const eventBytes = (payload: number): number => payload * 1.34 + 500;
const raiseUnits = "raise fieldlake:azure.throughputUnits; 40 units are the most";

/** What the expected load takes of the default quotas. Azure raises some on request: the portal's Quotas page knows. */
export function quotaLines({ load, stream, azure }: Config): QuotaLine[] {
  const perSecond = (load.devices * load.messagesPerHour) / secondsPerHour;
  return [
    ...(azure.ingest === "iothub"
      ? iotHubLines(load, azure.iotHub.units)
      : eventGridLines(load, azure.throughputUnits)),
    ...hubLines(azure.eventHubs, stream.profile, perSecond, perSecond * eventBytes(load.payloadBytes)),
    quotaLine(
      quotas.functionInstances,
      Math.max(40, stream.concurrency),
      "Event Hubs gives one partition to one instance",
    ),
  ];
}

function hubLines(
  { tier, units, maximumUnits }: Config["azure"]["eventHubs"],
  profile: Config["stream"]["profile"],
  eventsPerSecond: number,
  bytesPerSecond: number,
): QuotaLine[] {
  const raise = "raise fieldlake:azure.eventHubs.units";
  if (tier === "premium") return [quotaLine(quotas.eventHubsPremiumBytes, bytesPerSecond, raise, units)];
  const grows = profile === "throughput";
  const most = grows ? Math.max(maximumUnits, units) : units;
  const remark = grows ? "grows by itself up to fieldlake:azure.eventHubs.maximumUnits" : raise;
  return [
    quotaLine(quotas.eventHubsEvents, eventsPerSecond, remark, most),
    quotaLine(quotas.eventHubsBytes, bytesPerSecond, remark, most),
  ];
}

function eventGridLines(load: ExpectedLoad, units: number): QuotaLine[] {
  const perSecond = (load.devices * load.messagesPerHour) / secondsPerHour;
  const connectSeconds = Math.ceil(load.devices / (units * quotas.eventGridConnects.limit));
  return [
    quotaLine(quotas.eventGridClients, load.devices, raiseUnits, units),
    quotaLine(
      quotas.eventGridConnects,
      load.devices / secondsPerHour,
      `all devices at once take ${connectSeconds} s; devices spread their reconnects`,
      units,
    ),
    quotaLine(quotas.eventGridPublishes, perSecond, raiseUnits, units),
    quotaLine(quotas.eventGridBytes, perSecond * load.payloadBytes, raiseUnits, units),
    quotaLine(
      quotas.eventGridPublishesOfOne,
      load.messagesPerHour / secondsPerHour,
      "beyond, pack several readings into a message",
    ),
    quotaLine(quotas.eventGridPayload, load.payloadBytes, "the contract's cap is 65,536"),
    quotaLine(quotas.topicEvents, perSecond, "ask Azure for more, or split the fleet into environments"),
  ];
}

function iotHubLines(load: ExpectedLoad, units: number): QuotaLine[] {
  const perHour = load.devices * load.messagesPerHour;
  const raise = "raise fieldlake:azure.iotHub.units";
  return [
    quotaLine(quotas.iotHubDevices, load.devices, "split the fleet into environments"),
    quotaLine(quotas.iotHubMessages, 24 * perHour * Math.ceil(load.payloadBytes / 4_096), raise, units),
    quotaLine(quotas.iotHubSends, perHour / secondsPerHour, raise),
    quotaLine(
      quotas.iotHubConnects,
      load.devices / secondsPerHour,
      `all devices at once take ${Math.ceil(load.devices / quotas.iotHubConnects.limit)} s; devices spread their reconnects`,
    ),
    quotaLine(
      quotas.dpsRegistrations,
      load.devices / (30 * 24 * 60),
      `at a thousand a minute all first connections take ${Math.ceil(load.devices / 1_000)} min`,
    ),
  ];
}
