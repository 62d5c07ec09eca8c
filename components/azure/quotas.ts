import type { Config } from "../../config.ts";
import type { QuotaLine } from "../contracts/outlook.ts";
import { clientsPerUnit } from "./settings.ts";

const secondsPerHour = 3_600;
/** What a broker's throughput unit takes (learn.microsoft.com, "Azure Event Grid quotas and limits", MQTT limits in namespace). */
const perUnit = { messagesPerSecond: 1_000, bytesPerSecond: 1_048_576, connectsPerSecond: 200 };
/** What a custom topic takes in a region (the same page). */
const topicEventsPerSecond = 5_000;
/** What a throughput unit of Event Hubs Standard, and a processing unit of Premium, takes in ("Event Hubs quotas and limits"). */
const hubBytesPerSecond = { standard: 1_048_576, premium: 5_242_880 };
/** A CloudEvent around a payload: base64 and its attributes. */
const eventBytes = (payload: number): number => payload * 1.34 + 500;

/** Default quotas of the services that the expected load comes near. Azure raises some on request: the portal's Quotas page knows. */
export function quotaLines({ load, stream, azure }: Config): QuotaLine[] {
  const perSecond = (load.devices * load.messagesPerHour) / secondsPerHour;
  const units = azure.throughputUnits;
  const line = (quota: string, limit: number, expected: number, unit: string, remark: string): QuotaLine => ({
    quota,
    limit,
    expected: Math.round(expected * 100) / 100,
    unit,
    remark,
  });
  const { tier, units: hubUnits, maximumUnits } = azure.eventHubs;
  const grows = tier === "standard" && stream.profile === "throughput";
  return [
    line(
      "Event Grid clients and sessions",
      units * clientsPerUnit,
      load.devices,
      "clients",
      "raise fieldlake:azure.throughputUnits; 40 units are the most",
    ),
    line(
      "Event Grid connect rate",
      units * perUnit.connectsPerSecond,
      load.devices / secondsPerHour,
      "connects a second",
      `all devices at once take ${Math.ceil(load.devices / (units * perUnit.connectsPerSecond))} s; devices spread their reconnects`,
    ),
    line(
      "Event Grid inbound messages",
      units * perUnit.messagesPerSecond,
      perSecond,
      "messages a second",
      "raise fieldlake:azure.throughputUnits",
    ),
    line(
      "Event Grid inbound bytes",
      units * perUnit.bytesPerSecond,
      perSecond * load.payloadBytes,
      "bytes a second",
      "raise fieldlake:azure.throughputUnits",
    ),
    line(
      "Event Grid messages of one session",
      100,
      load.messagesPerHour / secondsPerHour,
      "messages a second",
      "beyond, pack several readings into a message",
    ),
    line("Event Grid payload", 524_288, load.payloadBytes, "bytes", "the contract's cap is 65,536"),
    line(
      "Event Grid routing topic",
      topicEventsPerSecond,
      perSecond,
      "events a second",
      "ask Azure for more, or split the fleet into environments",
    ),
    line(
      tier === "premium" ? "Event Hubs processing units" : "Event Hubs throughput units",
      (grows ? Math.max(maximumUnits, hubUnits) : hubUnits) * hubBytesPerSecond[tier],
      perSecond * eventBytes(load.payloadBytes),
      "bytes a second",
      grows
        ? "grows by itself up to fieldlake:azure.eventHubs.maximumUnits"
        : "raise fieldlake:azure.eventHubs.units",
    ),
    line(
      "Functions instances of one app",
      1_000,
      Math.max(40, stream.concurrency),
      "instances",
      "Event Hubs gives one partition to one instance",
    ),
  ];
}
