/** What the Azure stack and the functions in it must agree on. No code of either: both sides import it. */

export { settingsFile, type DecoderSettings as FunctionSettings } from "./decoder-settings.ts";

/**
 * Application settings of the decoder's function app. `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` come from the platform;
 * the trigger's connection is {@link eventsConnection}.
 */
export const decoderSettings = {
  /** `https://<account>.blob.core.windows.net` */
  blobEndpoint: "BLOB_ENDPOINT",
  rawContainer: "RAW_CONTAINER",
  curatedContainer: "CURATED_CONTAINER",
  quarantineContainer: "QUARANTINE_CONTAINER",
  /** Client id of the user-assigned identity that may write to them. */
  identity: "IDENTITY_CLIENT_ID",
  /** Name of the event hub. */
  eventHub: "EVENT_HUB",
  consumerGroup: "EVENT_HUB_CONSUMER_GROUP",
} as const;

/**
 * Prefix of the trigger's connection by identity: `EVENTS__fullyQualifiedNamespace`, `EVENTS__credential` =
 * `managedidentity`, `EVENTS__clientId`. There is no connection string.
 */
export const eventsConnection = "EVENTS";

/** Functions by the name that they have in their app. */
export const functionNames = { decode: "decode" } as const;

/** What a log line of metrics begins with; an object of counters follows, as JSON. */
export const metricsMark = "fieldlake-metrics ";
