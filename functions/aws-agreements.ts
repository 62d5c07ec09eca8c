/** What the AWS stack and the functions in it must agree on. No code of either: both sides import it. */

export { manifestFolder, settingsFile, type DecoderSettings as LambdaSettings } from "./agreements.ts";

/** CloudWatch namespace and dimension of the functions' own metrics. */
export const metricNamespace = "Fieldlake";
export const metricDimension = "Environment";

/** The latest-state table: an item a device and metric, and one a device. */
export const latestKeys = { partition: "device_id", sort: "metric", expires: "expires" } as const;

/** The index that finds silent devices; spread, because one partition would bound how often devices may be updated. */
export const seenIndex = {
  name: "by-last-seen",
  partition: "seen_shard",
  sort: "last_seen",
  shards: 16,
} as const;

/** The table of births: an item an edge node. */
export const birthKeys = { partition: "device_id" } as const;

/** The fleet's registry: a partition a device, a serial number, a key; one of the fleet itself. */
export const registryKeys = { partition: "p", sort: "s" } as const;

/** Keys of tables that hold documents: alarms (series that rules watch, what they raised, silences), API tokens. */
export const documentKeys = { partition: "p", sort: "s", expires: "expires" } as const;

/** Below it, in the bucket of answers: answers too large for an API, until its rules remove them. */
export const answersFolder = "api";

/** Environment variables of functions that look after alarms; without the table they look after none. */
export const alarmSettings = {
  table: "ALARM_TABLE",
  topic: "ALARM_TOPIC",
  dataEndpoint: "DATA_ENDPOINT",
} as const;
