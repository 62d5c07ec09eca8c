import { ObjectReplicationPolicy } from "@pulumi/azure-native/storage/objectReplicationPolicy.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup.js";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { createKey, createVault } from "./keys.ts";
import { lifecycle } from "./lifecycle.ts";
import { beside } from "./options.ts";
import { createStorage, type Storage } from "./storage.ts";
import type { ZoneStorage } from "./zones.ts";

export interface ReplicaArgs {
  readonly environment: string;
  readonly location: string;
  readonly retentionDays: number;
}

export interface Replica {
  readonly storage: Storage;
  readonly keyUri: Output<string>;
}

/**
 * The raw zone once more, in another region and under a key of a vault there: what a region takes with it when it fails
 * includes its vault. Deletions are not copied.
 */
export function createReplica(
  name: string,
  raw: ZoneStorage,
  { environment, location, retentionDays }: ReplicaArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Replica {
  const { keys, logs, settings } = context;
  const group = new ResourceGroup(`${name}-copy-group`, { location }, beside(opts));
  const place = { ...context, group, location };
  const vault =
    keys.ownership.kind === "own"
      ? null
      : createVault([`${environment}-copy`, "keys"], place, logs, settings, opts);
  const key = createKey(`${name}-raw-copy`, "the copy of the raw zone", { ...keys, place, vault }, opts);
  const storage = createStorage(
    `${name}-copy`,
    {
      named: [environment, "copy"],
      key,
      redundancy: "LRS",
      containers: ["raw"],
      writeOnce: {
        days: settings.writeOnce.days,
        mode: settings.writeOnce.replicaMode ?? settings.writeOnce.mode,
        setting: "fieldlake:azure.writeOnce.replicaMode",
      },
    },
    // An endpoint lies in its network's region; the copy is read only when there is a new network beside it.
    { ...place, network: null },
    opts,
  );
  const tiers = { retentionDays, tiers: "raw", archive: true, hierarchical: false } as const;
  lifecycle(`${name}-copy`, storage, tiers, place, opts);
  replicate(name, raw, storage, context, place.group, opts);
  return { storage, keyUri: key.uri };
}

/** The policy is made at the destination, which gives it and its rule their ids; the source repeats them. */
function replicate(
  name: string,
  raw: ZoneStorage,
  copy: Storage,
  { group }: AzureContext,
  copyGroup: ResourceGroup,
  opts: CustomResourceOptions,
): void {
  const accounts = { sourceAccount: raw.storage.accountId, destinationAccount: copy.accountId };
  const rule = { sourceContainer: "raw", destinationContainer: "raw" };
  const ready = [...Object.values(raw.storage.containers), ...Object.values(copy.containers)];
  const destination = new ObjectReplicationPolicy(
    `${name}-copy-in`,
    {
      resourceGroupName: copyGroup.name,
      accountName: copy.account.name,
      objectReplicationPolicyId: "default",
      ...accounts,
      rules: [rule],
    },
    { ...opts, parent: copy.account, dependsOn: ready },
  );
  new ObjectReplicationPolicy(
    `${name}-copy-out`,
    {
      resourceGroupName: group.name,
      accountName: raw.storage.account.name,
      objectReplicationPolicyId: destination.policyId,
      ...accounts,
      rules: destination.rules.apply((rules) => [{ ...rule, ruleId: rules?.[0]?.ruleId ?? "" }]),
    },
    { ...opts, parent: raw.storage.account },
  );
}
