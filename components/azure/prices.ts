/**
 * List prices of West Europe or East US in US dollars, without free grants, discounts and taxes: the one place for them.
 * Azure's price list is not read: these are for comparing choices, not for an offer. `found` names a public statement
 * that was seen; where it says "memory", nobody looked it up: check the page before relying on it.
 */

/** When the list was put together. */
export const pricesAsOf = "2026-11";

export interface Price {
  readonly usd: number;
  /** What the price is for one of. */
  readonly unit: string;
  /** Azure's page of the price. */
  readonly page: string;
  readonly found: string;
}

const memory = `memory, ${pricesAsOf}`;
const price = (usd: number, unit: string, page: string, found: string = memory): Price => ({
  usd,
  unit,
  page: `https://azure.microsoft.com/pricing/details/${page}`,
  found,
});

export const prices = {
  brokerUnitHour: price(0.04, "throughput unit hour", "event-grid"),
  brokerOperation: price(1.0, "million MQTT operations of up to 1 kB", "event-grid"),
  topicOperation: price(0.6, "million operations of up to 64 kB", "event-grid"),
  hubUnitHour: price(0.03, "throughput unit hour", "event-hubs"),
  hubEvent: price(0.028, "million events of up to 64 kB", "event-hubs"),
  hubPremiumHour: price(1.2, "processing unit hour", "event-hubs"),
  functionSecond: price(0.000026, "GB-second", "functions"),
  functionExecution: price(0.4, "million executions", "functions"),
  blobStorage: price(0.0184, "GB-month, hot, one building", "storage/blobs"),
  blobWrite: price(0.054, "ten thousand write operations", "storage/blobs"),
  cosmosRequest: price(0.25, "million request units", "cosmos-db/serverless"),
  keyOperation: price(0.03, "ten thousand operations", "key-vault"),
  logIngest: price(2.3, "GB of logs", "monitor"),
  logAlert: price(1.5, "log alert rule of five minutes, a month", "monitor"),
  metricAlert: price(0.1, "metric alert a month", "monitor"),
  privateEndpointHour: price(0.01, "private endpoint hour", "private-link"),
} as const satisfies Record<string, Price>;
