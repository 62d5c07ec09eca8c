import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer.js";
import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties.js";
import { StorageAccount } from "@pulumi/azure-native/storage/storageAccount.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { assigned } from "./identities.ts";
import type { Key } from "./keys.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { WriteOnce, type WriteOnceArgs } from "./resources.ts";

export interface StorageArgs {
  /** What its name is made of: short, because there is room for sixteen characters. */
  readonly named: readonly string[];
  readonly key: Key;
  readonly location?: string;
  readonly redundancy: "LRS" | "ZRS" | "GZRS";
  /** Containers, by what they are for; names of their own. */
  readonly containers: readonly string[];
  readonly hierarchical?: boolean;
  /** Version-level immutability, of everything in the account. */
  readonly writeOnce?: WriteOnceArgs;
  /** Copies to another account; the source's changes are then kept in a feed. */
  readonly changeFeed?: boolean;
}

export interface Storage {
  readonly account: StorageAccount;
  readonly accountId: Output<string>;
  readonly containers: Readonly<Record<string, BlobContainer>>;
  /** `https://<account>.blob…` without a slash at its end. */
  readonly endpoint: Output<string>;
}

/** Days that what was deleted can be had back. */
const softDeleteDays = 30;
/** As `days.hours:minutes:seconds`: how long a signature of ours may live. */
const longestSignature = "00.01:00:00";

/**
 * An account under a key of ours from its first moment (it can't be changed from Azure's key to ours without a time in
 * between), encrypted twice, without keys of its own: Entra identities only.
 */
export function createStorage(
  name: string,
  args: StorageArgs,
  context: Pick<AzureContext, "group" | "location" | "settings" | "logs" | "network">,
  opts: CustomResourceOptions,
): Storage {
  const { key, redundancy, writeOnce, hierarchical = false, location = context.location } = args;
  const { group, settings, logs, network } = context;
  const isPrivate = settings.network === "private";
  const step = writeOnce === undefined ? [] : [new WriteOnce(`${name}-write-once`, writeOnce, opts)];
  const account = new StorageAccount(
    autoNamed(nameRules.storageAccount, ...args.named),
    {
      resourceGroupName: group.name,
      location,
      kind: "StorageV2",
      sku: { name: `Standard_${redundancy}` },
      accessTier: "Hot",
      identity: assigned(key.user),
      encryption: {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: { keyVaultUri: key.vaultUri, keyName: key.name },
        encryptionIdentity: { encryptionUserAssignedIdentity: key.user.id },
        requireInfrastructureEncryption: true,
        services: {
          blob: { enabled: true, keyType: "Account" },
          file: { enabled: true, keyType: "Account" },
          queue: { enabled: true, keyType: "Account" },
          table: { enabled: true, keyType: "Account" },
        },
      },
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      allowCrossTenantReplication: false,
      allowedCopyScope: "AAD",
      isLocalUserEnabled: false,
      isSftpEnabled: false,
      isHnsEnabled: hierarchical,
      sasPolicy: { expirationAction: "Block", sasExpirationPeriod: longestSignature },
      publicNetworkAccess: isPrivate ? "Disabled" : "Enabled",
      networkRuleSet: {
        bypass: "AzureServices",
        defaultAction: isPrivate ? "Deny" : "Allow",
        ipRules: [],
        virtualNetworkRules: [],
      },
      ...(writeOnce === undefined ? {} : { immutableStorageWithVersioning: immutable(writeOnce) }),
    },
    { ...opts, dependsOn: [key.ready, ...step] },
  );
  const child = { ...opts, parent: account };
  const retained = { enabled: true, days: softDeleteDays };
  const service = new BlobServiceProperties(
    `${name}-service`,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      blobServicesName: "default",
      // A hierarchical account can do neither.
      ...(hierarchical
        ? {}
        : { isVersioningEnabled: true, ...(args.changeFeed ? { changeFeed: { enabled: true } } : {}) }),
      deleteRetentionPolicy: { ...retained, allowPermanentDelete: false },
      containerDeleteRetentionPolicy: retained,
    },
    child,
  );
  const containers = Object.fromEntries(
    args.containers.map((container) => [
      container,
      new BlobContainer(
        `${name}-${container}`,
        {
          resourceGroupName: group.name,
          accountName: account.name,
          containerName: container,
          publicAccess: "None",
        },
        { ...child, dependsOn: service },
      ),
    ]),
  );
  diagnose(name, interpolate`${account.id}/blobServices/default`, logs, {
    parent: account,
    dependsOn: service,
  });
  network?.privateEndpoint(name, account.id, "blob", { parent: account });
  return {
    account,
    accountId: account.id,
    containers,
    endpoint: account.primaryEndpoints.apply(({ blob }) => blob.replace(/\/$/, "")),
  };
}

const immutable = ({ days, mode }: WriteOnceArgs) => ({
  enabled: true,
  immutabilityPolicy: {
    immutabilityPeriodSinceCreationInDays: days,
    allowProtectedAppendWrites: false,
    state: mode === "locked" ? "Locked" : "Unlocked",
  },
});
