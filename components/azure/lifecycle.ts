import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AzurePlace } from "./context.ts";
import type { Storage } from "./storage.ts";

export interface LifecycleArgs {
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly tiers: "raw" | "curated" | "none";
  /** The archive tier is not there in zone-redundant accounts (learn.microsoft.com, "Access tiers for blob data"). */
  readonly archive: boolean;
  readonly hierarchical: boolean;
}

const oldVersionDays = 30;
/** Days after which a tier is cheaper than the one before, reads and early deletion counted. */
const rawTiers = { cool: 30, cold: 90, archive: 365 };
const curatedTiers = { cool: 90, cold: 365 };

export function lifecycle(
  name: string,
  { account }: Storage,
  args: LifecycleArgs,
  { group }: AzurePlace,
  opts: CustomResourceOptions,
): void {
  const { retentionDays } = args;
  const kept = (days: number): boolean => retentionDays === 0 || days < retentionDays;
  const to = (days: number) => ({ daysAfterModificationGreaterThan: days });
  const baseBlob = {
    ...(args.tiers === "raw" && kept(rawTiers.cool) ? { tierToCool: to(rawTiers.cool) } : {}),
    ...(args.tiers === "raw" && kept(rawTiers.cold) ? { tierToCold: to(rawTiers.cold) } : {}),
    ...(args.tiers === "raw" && args.archive && kept(rawTiers.archive)
      ? { tierToArchive: to(rawTiers.archive) }
      : {}),
    ...(args.tiers === "curated" && kept(curatedTiers.cool) ? { tierToCool: to(curatedTiers.cool) } : {}),
    ...(args.tiers === "curated" && kept(curatedTiers.cold) ? { tierToCold: to(curatedTiers.cold) } : {}),
    ...(retentionDays === 0 ? {} : { delete: to(retentionDays) }),
  };
  const old = { delete: { daysAfterCreationGreaterThan: oldVersionDays } };
  new ManagementPolicy(
    `${name}-lifecycle`,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "age",
            type: "Lifecycle",
            enabled: true,
            definition: {
              filters: { blobTypes: ["blockBlob"] },
              actions: {
                ...(Object.keys(baseBlob).length === 0 ? {} : { baseBlob }),
                // A hierarchical account keeps no versions.
                ...(args.hierarchical ? { snapshot: old } : { version: old }),
              },
            },
          },
        ],
      },
    },
    { ...opts, parent: account },
  );
}
