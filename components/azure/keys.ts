import { Key as VaultKey } from "@pulumi/azure-native/keyvault/key.js";
import { Vault } from "@pulumi/azure-native/keyvault/vault.js";
import type { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import { output, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { KeyOwnership } from "../contracts/encrypted-lake.ts";
import type { AzurePlace } from "./context.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { diagnose, type Logs } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { beside } from "./options.ts";
import { grant } from "./roles.ts";
import { keyReference } from "./key-reference.ts";
import type { AzureSettings } from "./settings.ts";

/** A customer-managed key, made here or brought along, and the identity that services use it by. */
export interface Key {
  /** Id in Resource Manager: what rights on it are granted on. */
  readonly id: Output<string>;
  /** `https://<vault>…/keys/<name>`: without a version, so that a rotation needs no deployment. */
  readonly uri: Output<string>;
  /** `https://<vault>…` without a slash at its end: Cosmos DB and Storage compare it so. */
  readonly vaultUri: Output<string>;
  readonly name: Output<string>;
  readonly user: Principal;
  /** Who is encrypted by it waits for this. */
  readonly ready: RoleAssignment;
}

export interface KeySource {
  readonly place: AzurePlace;
  readonly ownership: KeyOwnership;
  readonly vault: Vault | null;
  /** Of the cloud that the subscription is in, for example `vault.azure.net`. */
  readonly vaultHost: string;
}

/** Days that a deleted vault or key can be had back: the most that there is. */
const softDeleteDays = 90;

/** A vault that no public network reaches. @param subnets from which it is reached, by their service endpoint for it */
export function createVault(
  named: readonly string[],
  { group, location, tenantId }: AzurePlace,
  logs: Logs,
  { network }: AzureSettings,
  opts: CustomResourceOptions,
  subnets: readonly Output<string>[] = [],
): Vault {
  const name = autoNamed(nameRules.vault, ...named);
  const vault = new Vault(
    name,
    {
      resourceGroupName: group.name,
      location,
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: softDeleteDays,
        enablePurgeProtection: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        publicNetworkAccess: network === "private" ? "Disabled" : "Enabled",
        networkAcls: {
          // The services that encrypt by its keys are trusted ones.
          bypass: "AzureServices",
          defaultAction: "Deny",
          ipRules: [],
          virtualNetworkRules: subnets.map((id) => ({ id })),
        },
      },
    },
    opts,
  );
  diagnose(name, vault.id, logs, { parent: vault });
  return vault;
}

/** A key for one purpose that one identity may wrap and unwrap with, and nobody else. */
export function createKey(
  name: string,
  purpose: string,
  { place, ownership, vault, vaultHost }: KeySource,
  opts: CustomResourceOptions,
): Key {
  const user = createIdentity(`${name}-key`, `uses the key of ${purpose}`, place, beside(opts));
  const permit = (scope: Output<string>) =>
    grant(
      `${name}-key-use`,
      place,
      {
        role: "Key Vault Crypto Service Encryption User",
        scope,
        principal: user,
        why: `wraps and unwraps the data keys of ${purpose}`,
      },
      beside(opts),
    );
  if (ownership.kind === "own" || vault === null) {
    const { id, vaultName, keyName } = keyReference(ownership.kind === "own" ? ownership.reference : "");
    const vaultUri = output(`https://${vaultName}.${vaultHost}`);
    return {
      id: output(id),
      uri: output(`https://${vaultName}.${vaultHost}/keys/${keyName}`),
      vaultUri,
      name: output(keyName),
      user,
      ready: permit(output(id)),
    };
  }
  const key = new VaultKey(
    `${name}-key`,
    {
      resourceGroupName: place.group.name,
      vaultName: vault.name,
      keyName: name,
      properties: {
        kty: "RSA",
        keySize: 3072,
        keyOps: ["wrapKey", "unwrapKey"],
        attributes: { enabled: true, exportable: false },
        rotationPolicy: {
          attributes: { expiryTime: "P2Y" },
          lifetimeActions: [
            { action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } },
            { action: { type: "notify" }, trigger: { timeBeforeExpiry: "P30D" } },
          ],
        },
      },
    },
    opts,
  );
  return {
    id: key.id,
    uri: key.keyUri,
    vaultUri: vault.properties.apply(({ vaultUri }) => (vaultUri ?? "").replace(/\/$/, "")),
    name: key.name,
    user,
    ready: permit(key.id),
  };
}
