import { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { alarmContainer, latestContainer, seenContainer } from "../../functions/azure-agreements.ts";
import type { AzureContext } from "./context.ts";
import { createCosmosDatabase, type CosmosDatabase } from "./cosmos-account.ts";
import type { Key } from "./keys.ts";

export interface LatestState extends CosmosDatabase {
  readonly containers: readonly SqlResourceSqlContainer[];
}

/** Alarms are asked for by id, or by what it begins with: what a detector knows is 100 kB that nobody looks for. */
const byIdAlone = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/id/?" }],
  excludedPaths: [{ path: "/*" }],
};

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
  const containers = [latestContainer, seenContainer, ...(hasRules ? [alarmContainer] : [])].map(
    (container) =>
      createItems(`${name}-latest-${container.name}`, container, { account, database }, context, opts),
  );
  return { account, database, containers };
}

/** A container of items that say themselves how long they live. */
export function createItems(
  name: string,
  { name: containerName, partition }: { readonly name: string; readonly partition: string },
  { account, database }: CosmosDatabase,
  { group }: AzureContext,
  opts: CustomResourceOptions,
): SqlResourceSqlContainer {
  return new SqlResourceSqlContainer(
    name,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      databaseName: database.name,
      containerName,
      resource: {
        id: containerName,
        partitionKey: { kind: "Hash", paths: [`/${partition}`], version: 2 },
        defaultTtl: -1,
        ...(containerName === alarmContainer.name ? { indexingPolicy: byIdAlone } : {}),
      },
    },
    { ...opts, parent: database },
  );
}
