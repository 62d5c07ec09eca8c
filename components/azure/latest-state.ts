import type { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { alarmContainer, latestContainer, seenContainer } from "../../functions/azure-agreements.ts";
import type { AzureContext } from "./context.ts";
import { createCosmosDatabase, type CosmosDatabase } from "./cosmos-account.ts";
import { byIdAlone, createItems } from "./item-container.ts";
import type { Key } from "./keys.ts";

export interface LatestState extends CosmosDatabase {
  readonly containers: readonly SqlResourceSqlContainer[];
}

/** The latest value of each device and metric, when each device was last heard of, and alarms. */
export function createLatestState(
  name: string,
  key: Key,
  /** Whether rules raise alarms, which are kept beside it. */
  hasRules: boolean,
  context: AzureContext,
  opts: CustomResourceOptions,
): LatestState {
  const { account, database } = createCosmosDatabase(name, "latest", key, context, opts);
  // What a detector knows is 100 kB that nobody looks for.
  const alarms = hasRules ? [{ ...alarmContainer, indexingPolicy: byIdAlone }] : [];
  const containers = [latestContainer, seenContainer, ...alarms].map((container) =>
    createItems(`${name}-latest-${container.name}`, container, { account, database }, context, opts),
  );
  return { account, database, containers };
}
