/** Functions on Event Hubs: the decoder of the azure target. Bundled by functions/build.ts. */

import { app } from "@azure/functions";
import { functionsIngest } from "../adapters/functions-ingest.ts";
import { decoderSettings, eventsConnection, functionNames } from "../azure-agreements.ts";
import { createHandler } from "../event-hubs.ts";

let handle: ReturnType<typeof createHandler> | undefined;

/**
 * A generic trigger, because the typed one can't ask for bytes: with the host's default, a batch with one body that is no
 * UTF-8 would fail before it came here. The retry policy never gives up: the trigger moves on behind a failed batch, and
 * has no dead letters.
 */
app.generic(functionNames.decode, {
  trigger: {
    type: "eventHubTrigger",
    name: "messages",
    direction: "in",
    eventHubName: `%${decoderSettings.eventHub}%`,
    consumerGroup: `%${decoderSettings.consumerGroup}%`,
    connection: eventsConnection,
    cardinality: "many",
    dataType: "binary",
  },
  retry: {
    strategy: "exponentialBackoff",
    maxRetryCount: -1,
    minimumInterval: { seconds: 2 },
    maximumInterval: { minutes: 2 },
  },
  handler: async (messages: unknown, context) => {
    handle ??= createHandler(functionsIngest(process.env, import.meta.dirname, (line) => context.log(line)));
    await handle(messages, context.triggerMetadata);
  },
});
