import { interpolate, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { rootsFile } from "../../functions/agreements.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { Authority } from "../shared/certificates.ts";
import { azureRoots } from "./azure-roots.ts";
import type { AzureContext } from "./context.ts";
import { grantItems } from "./cosmos-account.ts";
import { keepEnrolmentSecret } from "./enrolment-secret.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { keyReference } from "./key-reference.ts";
import { functionPackage } from "./package.ts";
import { createKeySigner, grant } from "./roles.ts";
import { subnetRanges } from "./subnets.ts";
import { createClosedNetwork } from "./virtual-network.ts";

export interface EnrolmentArgs {
  readonly environment: string;
  readonly certificateDays: number;
  readonly bundle: FunctionBundle;
  readonly signer: Authority;
  readonly registry: FleetRegistry;
  readonly protect: boolean;
  /** Resource ids of Key Vault keys that it may sign with after a rollover. */
  readonly signingKeys: readonly string[];
}

export interface Enrolment {
  /** First certificates, by token; no client certificate is asked for. */
  readonly enrolmentUrl: Output<string>;
  /** Next certificates, by the former: nobody gets in without one. */
  readonly renewalUrl: Output<string>;
}

/** Flex Consumption takes no less. */
const instances = 40;
/** RFC 7030's paths begin at the root of the host. */
const serving = { routePrefix: "", atOnce: 10, waiting: 40 } as const;

/**
 * EST as two apps of one function, because App Service asks all callers of an app for a client certificate or none (an
 * optional one proves nothing). They sign with the stack's intermediate, whose key only they get out of its vault, or with
 * a key in Key Vault after a rollover.
 */
export function createEnrolment(
  name: string,
  args: EnrolmentArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Enrolment {
  const { environment, certificateDays, bundle, signer, registry, signingKeys, protect } = args;
  const identity = createIdentity(`${name}-enrol`, "gives devices their certificates", context, opts);
  const subnets = context.network === null ? ownSubnets(`${name}-enrol`, context, opts) : {};
  const secret = keepEnrolmentSecret(
    name,
    { environment, signer, registry, protect, reader: identity, subnets: Object.values(subnets) },
    context,
    opts,
  );
  const rights = [
    secret.right,
    grantItems(`${name}-enrol-items`, registry, identity, context, opts),
    ...keySigning(name, signingKeys, identity, context, opts),
  ];
  const door = (which: Door, clientCertificates: boolean): Output<string> => {
    const app = createFunctionApp(
      `${name}-${which}`,
      {
        storage: [environment, which],
        identity,
        package: functionPackage([bundle], { [rootsFile]: azureRoots }, null, serving),
        settings: {
          ENVIRONMENT: environment,
          CERTIFICATE_DAYS: String(certificateDays),
          COSMOS_ENDPOINT: registry.account.documentEndpoint,
          FLEET_SETTINGS: secret.url,
          ...(clientCertificates ? { CLIENT_CERTIFICATES: "required" } : {}),
        },
        memoryMegabytes: 512,
        maximumInstances: instances,
        ...{ rights, clientCertificates },
        ...(subnets[which] === undefined ? {} : { subnet: subnets[which] }),
      },
      context,
      opts,
    );
    return interpolate`https://${app.defaultHostName}`;
  };
  return { enrolmentUrl: door("enrol", false), renewalUrl: door("renew", true) };
}

type Door = "enrol" | "renew";

/** In a public network, from where alone the vault is reached; a private one has subnets of its own, and an endpoint of the vault. */
function ownSubnets(
  name: string,
  context: AzureContext,
  opts: CustomResourceOptions,
): Partial<Record<Door, Output<string>>> {
  const { addressSpace } = context.settings;
  const network = createClosedNetwork(name, context, addressSpace, opts);
  const [first = "", second = ""] = subnetRanges(addressSpace).functions;
  const subnetOf = (door: Door, range: string) =>
    network.subnet(door, { range, delegated: true, serviceEndpoints: ["Microsoft.KeyVault"] }).id;
  return { enrol: subnetOf("enrol", first), renew: subnetOf("renew", second) };
}

/** The right to sign with each of the keys, and nothing else. */
function keySigning(
  name: string,
  keys: readonly string[],
  principal: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  if (keys.length === 0) return [];
  const role = createKeySigner(name, keys, context, opts);
  return keys.map((key) => {
    const { vaultName, keyName } = keyReference(key);
    return grant(
      `${name}-enrol-signs-${vaultName}-${keyName}`,
      context,
      { role, scope: key, principal, why: "the enrolment functions sign with it after a rollover" },
      opts,
    );
  });
}
