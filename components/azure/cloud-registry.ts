import { interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { EncryptionState } from "../contracts/common.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import type { Authority } from "../shared/certificates.ts";
import { fleetFunction } from "../shared/fleet-functions.ts";
import { createAdmission } from "./admission.ts";
import type { AzureContext } from "./context.ts";
import { createEnrolment, type Enrolment } from "./enrolment.ts";
import { createFleetRegistry, type FleetRegistry } from "./fleet-registry.ts";

export interface CloudRegistry {
  readonly registry: FleetRegistry;
  readonly place: FleetRegistry["place"];
  /** Null where devices fetch no certificates. */
  readonly enrolment: Enrolment | null;
  readonly encryption: readonly EncryptionState[];
}

/** The registry in Cosmos DB, the webhook that asks it, and the functions that issue from it, where the settings ask for them. */
export function cloudRegistry(
  name: string,
  args: DeviceFleetArgs,
  signer: Authority,
  context: AzureContext,
  opts: { parent: Resource },
): CloudRegistry | null {
  const { broker, settings } = context;
  if (settings.fleetRegistry === undefined && settings.enrolment === undefined) return null;
  const { environment, enrolment: admits, pinned, protect, certificateDays } = args;
  const registry = createFleetRegistry(name, protect, context, opts);
  const clientId = settings.fleetRegistry?.webhookClientId;
  const webhook =
    clientId === undefined || broker === null
      ? null
      : createAdmission(
          name,
          {
            ...{ environment, enrolment: admits, pinned, issuer: signer.certificate },
            bundle: fleetFunction("admission", args, opts.parent),
            registry,
            broker,
            clientId,
          },
          context,
          opts,
        );
  const enrolment =
    settings.enrolment === undefined
      ? null
      : createEnrolment(
          name,
          {
            ...{ environment, certificateDays, signer, registry, protect },
            bundle: fleetFunction("enrol", args, opts.parent),
            signingKeys: settings.enrolment.signingKeys,
          },
          context,
          opts,
        );
  return {
    registry,
    place: registry.place,
    enrolment,
    encryption: [
      registryState(registry),
      ...(webhook === null ? [] : [webhookState(webhook, context)]),
      ...(enrolment === null ? [] : [enrolmentState(enrolment)]),
    ],
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

const enrolmentState = ({ enrolmentUrl }: Enrolment): EncryptionState => ({
  component: "DeviceFleet",
  name: "enrolment",
  detail: enrolmentUrl,
  inTransit: "TLS 1.2 or later; a one-time token, or the former certificate",
  atRest: "what it signs with: a secret of a vault of its own, AES-256 (Azure's key)",
  keyId: null,
});

const webhookState = (url: Output<string>, { key }: AzureContext): EncryptionState => ({
  component: "DeviceFleet",
  name: "admission webhook",
  detail: url,
  inTransit: "TLS 1.2 or later, the broker's identity only",
  atRest: "its package: AES-256 (customer key), and once more by infrastructure encryption",
  keyId: key.uri,
});
