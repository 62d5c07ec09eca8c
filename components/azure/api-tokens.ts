import { SqlResourceSqlDatabase } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlDatabase.js";
import { all, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { tokenContainer } from "../../functions/azure-agreements.ts";
import type { KeptPlace } from "../contracts/kept-place.ts";
import type { AzureContext } from "./context.ts";
import type { CosmosDatabase } from "./cosmos-account.ts";
import { createItems } from "./item-container.ts";
import type { LatestState } from "./latest-state.ts";

export interface ApiTokens extends CosmosDatabase {
  readonly place: Output<KeptPlace>;
}

/** Hashes of API tokens, and what each is good for: in the account of the latest state, in a database of their own. */
export function createApiTokens(
  name: string,
  { account }: LatestState,
  context: AzureContext,
  opts: CustomResourceOptions,
): ApiTokens {
  const database = new SqlResourceSqlDatabase(
    `${name}-access-database`,
    {
      resourceGroupName: context.group.name,
      accountName: account.name,
      databaseName: tokenContainer.database,
      resource: { id: tokenContainer.database },
    },
    { ...opts, parent: account },
  );
  createItems(`${name}-access-${tokenContainer.name}`, tokenContainer, { account, database }, context, opts);
  const place = all([account.documentEndpoint, database.name]).apply(
    ([endpoint, of]) => ({ kind: "azure-cosmos", endpoint, database: of }) as const,
  );
  return { account, database, place };
}
