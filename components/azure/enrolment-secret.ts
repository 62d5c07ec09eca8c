import { Secret } from "@pulumi/azure-native/keyvault/secret.js";
import {
  jsonStringify,
  output,
  secret,
  type CustomResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Authority } from "../shared/certificates.ts";
import type { AzureContext } from "./context.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import type { Principal } from "./identities.ts";
import { createVault } from "./keys.ts";
import { grant } from "./roles.ts";

export interface EnrolmentSecretArgs {
  readonly environment: string;
  readonly signer: Authority;
  readonly registry: FleetRegistry;
  readonly protect: boolean;
  /** Who alone reads it. */
  readonly reader: Principal;
  /** From where alone it is read; in a private network none, it has an endpoint there. */
  readonly subnets: readonly Output<string>[];
}

export interface EnrolmentSecret {
  /** With its version: whoever is told a new one reads it at once. */
  readonly url: Output<string>;
  readonly right: Resource;
}

const secretName = "enrolment";

/** What enrolment signs with, and what authenticates tokens, in a vault of its own. */
export function keepEnrolmentSecret(
  name: string,
  { environment, signer, registry, protect, reader, subnets }: EnrolmentSecretArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): EnrolmentSecret {
  const { group, logs, network, settings } = context;
  const stateful = { ...opts, protect, retainOnDelete: protect };
  const vault = createVault([environment, "enrol"], context, logs, settings, stateful, subnets);
  network?.privateEndpoint(`${name}-enrol-vault`, vault.id, "vault", { parent: vault });
  const kept = new Secret(
    `${name}-enrolment-settings`,
    {
      resourceGroupName: group.name,
      vaultName: vault.name,
      secretName,
      properties: {
        contentType: "application/json",
        // Of no use beyond: what it signs with has ended.
        attributes: {
          enabled: true,
          expires: output(signer.certificateEnd).apply((end) => Math.floor(Date.parse(end) / 1_000)),
        },
        value: secret(
          jsonStringify({
            tokenKey: registry.tokenKey,
            issuer: { certificate: signer.certificate, key: signer.key },
          }),
        ),
      },
    },
    { ...opts, parent: vault },
  );
  return {
    url: kept.properties.apply(({ secretUriWithVersion }) => secretUriWithVersion),
    right: grant(
      `${name}-enrol-reads`,
      context,
      {
        role: "Key Vault Secrets User",
        scope: kept.id,
        principal: reader,
        why: "the enrolment functions read what they sign with",
      },
      opts,
    ),
  };
}
