import { interpolate, type Input, type Output, type Resource } from "@pulumi/pulumi";
import type { EncryptionState } from "../contracts/common.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import { fleetFunction } from "../shared/fleet-functions.ts";
import { createAdmission } from "./admission.ts";
import type { AzureContext } from "./context.ts";
import { createFleetRegistry, type FleetRegistry } from "./fleet-registry.ts";

/** The registry in Cosmos DB, and the webhook that asks it, where the settings ask for them. */
export function cloudRegistry(
  name: string,
  args: DeviceFleetArgs,
  issuer: Input<string>,
  context: AzureContext,
  opts: { parent: Resource },
): { readonly place: FleetRegistry["place"]; readonly encryption: readonly EncryptionState[] } | null {
  const { broker, settings } = context;
  if (settings.fleetRegistry === undefined) return null;
  const { environment, enrolment, pinned, protect } = args;
  const registry = createFleetRegistry(name, protect, context, opts);
  const clientId = settings.fleetRegistry.webhookClientId;
  const webhook =
    clientId === undefined || broker === null
      ? null
      : createAdmission(
          name,
          {
            environment,
            enrolment,
            pinned,
            issuer,
            bundle: fleetFunction("admission", args, opts.parent),
            registry,
            broker,
            clientId,
          },
          context,
          opts,
        );
  return {
    place: registry.place,
    encryption: [registryState(registry), ...(webhook === null ? [] : [webhookState(webhook, context)])],
  };
}

const registryState = ({ account, database, key }: FleetRegistry): EncryptionState => ({
  component: "DeviceFleet",
  name: "registry",
  detail: interpolate`${account.documentEndpoint}dbs/${database.name}`,
  inTransit: "TLS 1.2 or later, Entra identities only",
  atRest: "AES-256 (customer key)",
  keyId: key.uri,
});

const webhookState = (url: Output<string>, { key }: AzureContext): EncryptionState => ({
  component: "DeviceFleet",
  name: "admission webhook",
  detail: url,
  inTransit: "TLS 1.2 or later, the broker's identity only",
  atRest: "its package: AES-256 (customer key), and once more by infrastructure encryption",
  keyId: key.uri,
});
