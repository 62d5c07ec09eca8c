import { z } from "zod";

/**
 * The fleet's registry is in Cosmos DB. Set it before the first device is issued a certificate: a registry that is on a
 * machine is not moved. Default: none.
 */
export const fleetRegistrySettings = z
  .strictObject({
    /**
     * A function for `admission: webhook` that asks the registry, behind the Entra application of this client id. In a
     * public network: Event Grid reaches no other webhook. Default: none.
     */
    webhookClientId: z.guid("allowed: the client id of an Entra application").optional(),
  })
  .optional();

/** What holds between it and the other keys. */
export function fleetRegistryFaults({
  fleetRegistry,
  network,
  ingest,
}: {
  readonly fleetRegistry?: z.output<typeof fleetRegistrySettings>;
  readonly network: "public" | "private";
  readonly ingest: "event-grid" | "iothub";
}): string[] {
  const clientId = fleetRegistry?.webhookClientId;
  if (clientId === undefined) return [];
  const where = `fieldlake:azure.fleetRegistry.webhookClientId: received "${clientId}"; allowed`;
  return [
    ...(network === "private"
      ? [`${where} with fieldlake:azure.network public: Event Grid reaches a webhook by the internet only`]
      : []),
    ...(ingest === "iothub"
      ? [`${where} with fieldlake:azure.ingest event-grid: IoT Hub asks no webhook`]
      : []),
  ];
}
