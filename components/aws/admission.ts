import { X509Certificate } from "node:crypto";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { admissionSettings } from "../../functions/agreements.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AwsContext } from "./context.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import { createFunction } from "./function.ts";
import type { Key } from "./keys.ts";
import { arn } from "./names.ts";
import { enrolmentConcurrency } from "./settings.ts";

export interface AdmissionArgs extends Pick<DeviceFleetArgs, "environment" | "enrolment" | "pinned"> {
  readonly bundle: FunctionBundle;
  /** PEM of the stack's intermediate. */
  readonly issuer: Input<string>;
  /** PEM of each claim: its holder is let in to ask for a certificate, and to nothing else by its policy. */
  readonly claims: readonly string[];
  readonly registry: FleetRegistryTable;
  readonly key: Key;
}

/** The function that IoT Core asks before it lets a certificate in: revoked and superseded ones stay out. Its ARN. */
export function createAdmission(
  name: string,
  { environment, enrolment, pinned, bundle, issuer, claims, registry, key }: AdmissionArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Output<string> {
  const use = registryUse(registry, "read", key, context);
  const { function: made } = createFunction(
    `${name}-admission`,
    {
      description: "may this certificate connect",
      bundle,
      environment: {
        ENVIRONMENT: environment,
        FLEET_TABLE: registry.name,
        ENROLMENT: enrolment,
        [admissionSettings.issuer]: issuer,
        ...(claims.length === 0 ? {} : { [admissionSettings.claims]: claims.map(fingerprint).join(" ") }),
        ...(pinned.length === 0 ? {} : { [admissionSettings.pinned]: pinned.map(({ id }) => id).join(" ") }),
      },
      memoryMegabytes: 512,
      timeoutSeconds: 5,
      reservedConcurrency: enrolmentConcurrency.admission,
      permissions: { data: [use.data], keys: [use.key] },
    },
    context,
    opts,
  );
  new Permission(
    `${name}-admission-may-invoke`,
    {
      action: "lambda:InvokeFunction",
      function: made.name,
      principal: "iot.amazonaws.com",
      sourceAccount: context.accountId,
      sourceArn: arn(context, "iot", "domainconfiguration/*"),
    },
    opts,
  );
  return arn(context, "lambda", interpolate`function:${made.name}`);
}

const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;
