import { z } from "zod";
import { keyId } from "./key-reference.ts";

/**
 * The fleet's registry is in Cosmos DB. What a registry on a machine knows is brought there by `fieldlake fleet copy`.
 * Default: none.
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

/**
 * Devices fetch certificates by EST from functions, and the fleet's registry is in Cosmos DB, as by `fleetRegistry`. With
 * `network: private` the functions answer inside the network only, which devices then have to reach. Default: none.
 */
export const enrolmentSettings = z
  .strictObject({
    /**
     * Resource ids of Key Vault keys of intermediates that take over by a rollover: the functions may sign with them. Default
     * none.
     */
    signingKeys: z.array(z.string().min(1)).max(8).default([]),
  })
  .optional();

/** What a schema can't say of `enrolment`. */
export function enrolmentFaults({
  enrolment,
}: {
  readonly enrolment?: z.output<typeof enrolmentSettings>;
}): string[] {
  return (enrolment?.signingKeys ?? [])
    .filter((key) => !keyId.test(key))
    .map(
      (key) =>
        `fieldlake:azure.enrolment.signingKeys: received "${key}"; allowed: resource ids of Key Vault keys without a version (/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<vault>/keys/<key>)`,
    );
}

/** What holds between `fleetRegistry` and the other keys. */
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
