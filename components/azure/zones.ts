import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { zones as zoneNames, type EncryptedLakeArgs, type Zone } from "../contracts/encrypted-lake.ts";
import type { AzureContext } from "./context.ts";
import { createKey } from "./keys.ts";
import { lifecycle } from "./lifecycle.ts";
import type { WriteOnceArgs } from "./resources.ts";
import { containerScope } from "./roles.ts";
import { createStorage, type Storage } from "./storage.ts";

/** An account and its key, the zone's data in one container of it. */
export interface ZoneStorage {
  readonly storage: Storage;
  readonly keyUri: Output<string>;
  /** `https://<account>.blob…/<container>` */
  readonly container: Output<string>;
  /** What rights on the zone's data are granted on. */
  readonly scope: Output<string>;
}

export type Zones = Readonly<Record<Zone, ZoneStorage>>;

/** In the quarantine zone's account: what Event Grid could not deliver. */
export const deadLetterContainer = "dead-letters";

const promised = ({ days, mode }: AzureContext["settings"]["writeOnce"]): WriteOnceArgs => ({
  ...{ days, mode },
  setting: "fieldlake:azure.writeOnce.mode",
});

const tiers = { raw: "raw", curated: "curated", quarantine: "none" } as const;

export function createZones(
  name: string,
  { environment, zones }: EncryptedLakeArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Zones {
  const { settings, keys } = context;
  const { hierarchicalNamespace: hierarchical, redundancy, writeOnce, replicaLocation } = settings;
  const zone = (which: Zone): ZoneStorage => {
    const key = createKey(`${name}-${which}`, `the ${which} zone`, keys, opts);
    const storage = createStorage(
      `${name}-${which}`,
      {
        named: [environment, which],
        key,
        redundancy,
        hierarchical,
        containers: which === "quarantine" ? [which, deadLetterContainer] : [which],
        ...(which === "raw" && !hierarchical ? { writeOnce: promised(writeOnce) } : {}),
        changeFeed: which === "raw" && replicaLocation !== undefined,
      },
      context,
      opts,
    );
    lifecycle(
      `${name}-${which}`,
      storage,
      {
        retentionDays: zones[which].retentionDays,
        tiers: tiers[which],
        archive: redundancy === "LRS",
        hierarchical,
      },
      context,
      opts,
    );
    return {
      storage,
      keyUri: key.uri,
      container: interpolate`${storage.endpoint}/${which}`,
      scope: containerScope(storage.accountId, which),
    };
  };
  const [raw, curated, quarantine] = zoneNames.map(zone) as [ZoneStorage, ZoneStorage, ZoneStorage];
  return { raw, curated, quarantine };
}
