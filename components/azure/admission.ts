import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { admissionSettings } from "../../functions/agreements.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { Broker } from "./broker.ts";
import { createCallers } from "./callers.ts";
import type { AzureContext } from "./context.ts";
import { grantItems } from "./cosmos-account.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity } from "./identities.ts";
import { functionPackage } from "./package.ts";

export interface AdmissionArgs extends Pick<DeviceFleetArgs, "environment" | "enrolment" | "pinned"> {
  readonly bundle: FunctionBundle;
  /** PEM of the stack's intermediate. */
  readonly issuer: Input<string>;
  readonly registry: FleetRegistry;
  readonly broker: Broker;
  /** Application (client) id of the Entra application that tokens for the webhook are made out to. */
  readonly clientId: string;
}

/** Flex Consumption takes no less. */
const instances = 40;

/** The function that the broker asks at each connect, and nobody else: App Service turns away who is not the broker. Its URL. */
export function createAdmission(
  name: string,
  args: AdmissionArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Output<string> {
  const { environment, enrolment, pinned, bundle, issuer, registry, broker, clientId } = args;
  const identity = createIdentity(`${name}-admission`, "says who may connect", context, opts);
  const app = createFunctionApp(
    `${name}-admission`,
    {
      storage: [environment, "admission"],
      identity,
      package: functionPackage([bundle], {}, { batch: 1, wait: 1 }),
      settings: {
        ENVIRONMENT: environment,
        ENROLMENT: enrolment,
        [admissionSettings.issuer]: issuer,
        ...(pinned.length === 0 ? {} : { [admissionSettings.pinned]: pinned.map(({ id }) => id).join(" ") }),
        COSMOS_ENDPOINT: registry.account.documentEndpoint,
      },
      memoryMegabytes: 512,
      maximumInstances: instances,
      rights: [grantItems(`${name}-admission-items`, registry, identity, context, opts, "read")],
    },
    context,
    opts,
  );
  createCallers(
    `${name}-admission`,
    app,
    {
      clientId,
      allowed: [broker.router.principalId],
      applications: [broker.router.clientId],
    },
    context,
    opts,
  );
  return interpolate`https://${app.defaultHostName}/api/admission`;
}
