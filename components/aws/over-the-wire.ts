import type { Output } from "@pulumi/pulumi";
import type { EncryptionState } from "../contracts/common.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import type { Authority } from "../shared/certificates.ts";
import { fleetFunction } from "../shared/fleet-functions.ts";
import { createAdmission } from "./admission.ts";
import { createClaims } from "./claims.ts";
import type { AwsContext } from "./context.ts";
import type { DeviceFleet } from "./device-fleet.ts";
import { createEnrolment, type Enrolment } from "./enrolment.ts";
import { createFleetRegistry, type FleetRegistryTable } from "./fleet-registry.ts";
import { createIssuing } from "./issuing.ts";
import type { FleetThings, Provisioner } from "./provisioning.ts";

export interface OverTheWire {
  readonly registry: FleetRegistryTable;
  readonly enrolment: Enrolment;
  /** ARN of the function that IoT Core asks at each connect; null where it asks nobody. */
  readonly admission: Output<string> | null;
  /** Name of the template by which devices with a claim come; null where none do. */
  readonly claimTemplate: string | null;
  readonly encryption: readonly EncryptionState[];
}

/** The registry in the cloud, and the functions that work on it, where the settings ask for them. */
export function overTheWire(
  name: string,
  args: DeviceFleetArgs,
  made: { readonly signer: Authority; readonly fleet: FleetThings; readonly provisioner: Provisioner | null },
  context: AwsContext,
  opts: { parent: DeviceFleet },
): OverTheWire | null {
  const { fleetKey: key, settings } = context;
  if (settings.enrolment === undefined || key === null) return null;
  const { environment, certificateDays, protect, enrolment: admits, pinned } = args;
  const { signingKeys, checkOnConnect, claim } = settings.enrolment;
  const { signer, fleet, provisioner } = made;
  const registry = createFleetRegistry(name, key, protect, context, opts);
  const bundle = fleetFunction("enrol", args, opts.parent);
  const issuing = createIssuing(
    name,
    { environment, certificateDays, signer, registry, key, signingKeys },
    context,
    opts,
  );
  const enrolment = createEnrolment(
    name,
    { environment, bundle, issuing, signer, registry, key, forceDestroy: !protect },
    context,
    opts,
  );
  const { functions } = args;
  const claimTemplate =
    claim === undefined || provisioner === null
      ? null
      : createClaims(
          name,
          {
            ...{ environment, functions, claim, fleet, provisioner, issuing, registry, key },
            issuer: signer.certificate,
          },
          context,
          opts,
        );
  const admission = (): Output<string> =>
    createAdmission(
      name,
      {
        environment,
        enrolment: admits,
        pinned,
        issuer: signer.certificate,
        claims: Object.values(claim?.certificates ?? {}),
        bundle: fleetFunction("admission", args, opts.parent),
        registry,
        key,
      },
      context,
      opts,
    );
  return {
    registry,
    enrolment,
    admission: checkOnConnect ? admission() : null,
    claimTemplate,
    encryption: [
      registryState(registry, key.arn),
      enrolmentState(enrolment, key.arn),
      ...(claimTemplate === null ? [] : [claimState(claimTemplate, key.arn)]),
    ],
  };
}

const registryState = ({ arn }: FleetRegistryTable, keyId: Output<string>): EncryptionState => ({
  component: "DeviceFleet",
  name: "registry",
  detail: arn,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (SSE-KMS)",
  keyId,
});

const enrolmentState = ({ enrolmentUrl }: Enrolment, keyId: Output<string>): EncryptionState => ({
  component: "DeviceFleet",
  name: "enrolment",
  detail: enrolmentUrl,
  inTransit: "TLS 1.2 or later; a one-time token, or the former certificate",
  atRest: "what it signs with: AES-256 (SSE-KMS)",
  keyId,
});

const claimState = (template: string, keyId: Output<string>): EncryptionState => ({
  component: "DeviceFleet",
  name: "provisioning by claim",
  detail: `template ${template}, which asks its hook`,
  inTransit: "TLS 1.3 (floor 1.2); a claim certificate and a one-time token",
  atRest: "what it signs with: AES-256 (SSE-KMS)",
  keyId,
});
