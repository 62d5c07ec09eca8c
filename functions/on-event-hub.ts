/** How the azure target's functions are bound to an event hub. */

import { app, trigger, type FunctionHandler, type RetryOptions } from "@azure/functions";

export interface HubTrigger {
  /** Application settings: prefix of the connection's, and those with the names of hub and consumer group. */
  readonly connection: string;
  readonly hub: string;
  readonly group: string;
}

/** Batches of bodies as bytes; without `dataType` the host takes them for text, and bytes that are none come out as others. */
export function onEventHub(
  name: string,
  { connection, hub, group }: HubTrigger,
  maxRetryCount: number,
  handler: FunctionHandler,
): void {
  const retry: RetryOptions = {
    strategy: "exponentialBackoff",
    maxRetryCount,
    minimumInterval: { seconds: 5 },
    maximumInterval: { minutes: 5 },
  };
  app.generic(name, {
    trigger: trigger.generic({
      type: "eventHubTrigger",
      connection,
      eventHubName: `%${hub}%`,
      consumerGroup: `%${group}%`,
      cardinality: "many",
      dataType: "binary",
    }),
    retry,
    handler,
  });
}
