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
    ({ name: container, partition }) =>
      new SqlResourceSqlContainer(
        `${name}-latest-${container}`,
        {
          resourceGroupName: context.group.name,
          accountName: account.name,
          databaseName: database.name,
          containerName: container,
          resource: {
            id: container,
            partitionKey: { kind: "Hash", paths: [`/${partition}`], version: 2 },
            // Each item says itself how long it lives.
            defaultTtl: -1,
            ...(container === alarmContainer.name ? { indexingPolicy: byIdAlone } : {}),
          },
        },
        { ...opts, parent: database },
      ),
  );
  return { account, database, containers };
}
