import { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import type { CosmosDatabase } from "./cosmos-account.ts";

/** What is asked for is asked for by id, or by what it begins with. */
export const byIdAlone = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/id/?" }],
  excludedPaths: [{ path: "/*" }],
};

export interface ItemContainer {
  readonly name: string;
  /** Member by which items are spread. */
  readonly partition: string;
  /** Default: Azure's own, every member. */
  readonly indexingPolicy?: typeof byIdAlone;
}

/** A container of items that say themselves how long they live. */
export function createItems(
  name: string,
  { name: containerName, partition, indexingPolicy }: ItemContainer,
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
        ...(indexingPolicy === undefined ? {} : { indexingPolicy }),
      },
    },
    { ...opts, parent: database },
  );
}
