import { Resource } from "@pulumi/aws/cloudcontrol/resource.js";
import { Certificate } from "@pulumi/aws/iot/certificate.js";
import { Policy } from "@pulumi/aws/iot/policy.js";
import { PolicyAttachment } from "@pulumi/aws/iot/policyAttachment.js";
import { ProvisioningTemplate } from "@pulumi/aws/iot/provisioningTemplate.js";
import type { Function } from "@pulumi/aws/lambda/function.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import { interpolate, jsonStringify, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { admissionSettings } from "../../functions/agreements.ts";
import { deviceParameter } from "../../fleet/claim/topics.ts";
import type { DeviceFleetArgs } from "../contracts/device-fleet.ts";
import { fleetFunction } from "../shared/fleet-functions.ts";
import { physicalName } from "../shared/naming.ts";
import { claimPolicy } from "./claim-policy.ts";
import type { AwsContext } from "./context.ts";
import type { DeviceFleet } from "./device-fleet.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import { createFunction } from "./function.ts";
import type { Issuing } from "./issuing.ts";
import type { Key } from "./keys.ts";
import { arn, nameRules } from "./names.ts";
import { deviceResources, type FleetThings, type Provisioner } from "./provisioning.ts";
import { enrolmentConcurrency, type AwsSettings } from "./settings.ts";

export interface ClaimsArgs extends Pick<DeviceFleetArgs, "environment" | "functions"> {
  readonly claim: NonNullable<NonNullable<AwsSettings["enrolment"]>["claim"]>;
  readonly fleet: FleetThings;
  readonly provisioner: Provisioner;
  readonly issuing: Issuing;
  /** PEM of the stack's intermediate. */
  readonly issuer: Input<string>;
  readonly registry: FleetRegistryTable;
  readonly key: Key;
}

/** What IoT Core waits for a signer and for a hook (AWS IoT developer guide); a cold start has to fit in it. */
const timeoutSeconds = 5;
const memoryMegabytes = 1024;

/**
 * Devices that share a claim certificate get certificates of their own, signed by the fleet's authority for a bootstrap
 * token, and become the same things as those that come by themselves. The name of the template.
 */
export function createClaims(
  name: string,
  args: ClaimsArgs,
  context: AwsContext,
  opts: { readonly parent: DeviceFleet },
): string {
  const { environment, fleet, provisioner, claim } = args;
  const template = physicalName(nameRules.provisioningTemplate, environment, "claim");
  createSigner(name, args, context, opts);
  const hook = createHook(name, template, args, context, opts);
  const made = new ProvisioningTemplate(
    `${name}-claims`,
    {
      name: template,
      description: "Fieldlake: a device of the fleet that came with a claim",
      type: "FLEET_PROVISIONING",
      enabled: true,
      provisioningRoleArn: provisioner.role.arn,
      preProvisioningHook: {
        targetArn: arn(context, "lambda", interpolate`function:${hook.function.name}`),
        payloadVersion: "2020-04-01",
      },
      templateBody: jsonStringify({
        Parameters: {
          [deviceParameter]: { Type: "String" },
          "AWS::IoT::Certificate::Id": { Type: "String" },
        },
        Resources: deviceResources(fleet, { Ref: deviceParameter }),
      }),
    },
    { ...opts, dependsOn: [...provisioner.granted, hook.permission] },
  );
  const policy = new Policy(`${name}-claim-policy`, { policy: claimPolicy(template, context) }, opts);
  for (const [id, certificatePem] of Object.entries(claim.certificates)) {
    const child = { parent: made };
    const certificate = new Certificate(`${name}-claim-${id}`, { certificatePem, active: true }, child);
    new PolicyAttachment(
      `${name}-claim-${id}-policy`,
      { policy: policy.name, target: certificate.arn },
      { parent: certificate },
    );
  }
  return template;
}

/** The function that signs, for every CreateCertificateFromCsr over MQTT of the account and region. */
function createSigner(
  name: string,
  { environment, functions, issuing }: ClaimsArgs,
  context: AwsContext,
  opts: { readonly parent: DeviceFleet },
): void {
  const signer = createFunction(
    `${name}-claim-signer`,
    {
      description: "certificates for devices that come with a claim",
      bundle: fleetFunction("claimSigner", { functions }, opts.parent),
      ...{ environment: issuing.environment, permissions: issuing.permissions },
      ...{ memoryMegabytes, timeoutSeconds, reservedConcurrency: enrolmentConcurrency.claimSigner },
    },
    context,
    opts,
  );
  const provider = physicalName(nameRules.certificateProvider, environment, "claims");
  // CloudFormation's reference writes certprovider/<name>.
  const source = `cert*provider?${provider}`;
  const permission = mayInvoke(`${name}-claim-signer`, signer.function, source, context, opts);
  new Resource(
    `${name}-claim-provider`,
    {
      typeName: "AWS::IoT::CertificateProvider",
      desiredState: jsonStringify({
        CertificateProviderName: provider,
        LambdaFunctionArn: arn(context, "lambda", interpolate`function:${signer.function.name}`),
        AccountDefaultForOperations: ["CreateCertificateFromCsr"],
      }),
    },
    { ...opts, dependsOn: permission },
  );
}

function createHook(
  name: string,
  template: string,
  { environment, functions, registry, key, issuer }: ClaimsArgs,
  context: AwsContext,
  opts: { readonly parent: DeviceFleet },
): { readonly function: Function; readonly permission: Permission } {
  const use = registryUse(registry, "read", key, context);
  const hook = createFunction(
    `${name}-claim-hook`,
    {
      description: "may a device with a claim become one of the fleet",
      bundle: fleetFunction("claimHook", { functions }, opts.parent),
      environment: {
        ENVIRONMENT: environment,
        FLEET_TABLE: registry.name,
        [admissionSettings.issuer]: issuer,
      },
      permissions: { data: [use.data], keys: [use.key] },
      ...{ memoryMegabytes, timeoutSeconds, reservedConcurrency: enrolmentConcurrency.claimHook },
    },
    context,
    opts,
  );
  const source = `provisioningtemplate/${template}`;
  const permission = mayInvoke(`${name}-claim-hook`, hook.function, source, context, opts);
  return { function: hook.function, permission };
}

const mayInvoke = (
  name: string,
  { name: functionName }: Function,
  source: string,
  context: AwsContext,
  opts: CustomResourceOptions,
): Permission =>
  new Permission(
    `${name}-may-invoke`,
    {
      action: "lambda:InvokeFunction",
      function: functionName,
      principal: "iot.amazonaws.com",
      sourceAccount: context.accountId,
      sourceArn: arn(context, "iot", source),
    },
    opts,
  );
