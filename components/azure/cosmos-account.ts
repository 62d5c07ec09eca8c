import { DatabaseAccount } from "@pulumi/azure-native/cosmosdb/databaseAccount.js";
import { SqlResourceSqlDatabase } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlDatabase.js";
import { SqlResourceSqlRoleAssignment } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlRoleAssignment.js";
import { interpolate, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { latestDatabase } from "../../functions/azure-agreements.ts";
import type { AzureContext } from "./context.ts";
import { assigned, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, guidOf, nameRules } from "./names.ts";

/** Built into every account. `write`: reads and writes items, and changes neither containers nor rights. */
const itemRoles = {
  read: "00000000-0000-0000-0000-000000000001",
  write: "00000000-0000-0000-0000-000000000002",
} as const;

export interface CosmosDatabase {
  readonly account: DatabaseAccount;
  readonly database: SqlResourceSqlDatabase;
}

/** An account under a key of its own with one database: Entra identities only, and no cost while nothing happens. */
export function createCosmosDatabase(
  name: string,
  purpose: string,
  key: Key,
  context: AzureContext,
  opts: CustomResourceOptions,
): CosmosDatabase {
  const { group, location, settings, logs, network } = context;
  const account = new DatabaseAccount(
    autoNamed(nameRules.cosmosAccount, name, purpose),
    {
      resourceGroupName: group.name,
      location,
      kind: "GlobalDocumentDB",
      databaseAccountOfferType: "Standard",
      capabilities: [{ name: "EnableServerless" }],
      locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: settings.zoneRedundant }],
      consistencyPolicy: { defaultConsistencyLevel: "Session" },
      identity: assigned(key.user),
      defaultIdentity: interpolate`UserAssignedIdentity=${key.user.id}`,
      keyVaultKeyUri: key.uri,
      minimalTlsVersion: "Tls12",
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      enableAutomaticFailover: false,
      enableFreeTier: false,
      enableMultipleWriteLocations: false,
      backupPolicy: { type: "Continuous", continuousModeProperties: { tier: "Continuous7Days" } },
      publicNetworkAccess: network === null ? "Enabled" : "Disabled",
      networkAclBypass: "None",
    },
    { ...opts, dependsOn: key.ready },
  );
  const child = { ...opts, parent: account };
  const database = new SqlResourceSqlDatabase(
    `${name}-${purpose}-database`,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      databaseName: latestDatabase,
      resource: { id: latestDatabase },
    },
    child,
  );
  diagnose(`${name}-${purpose}`, account.id, logs, { parent: account });
  network?.privateEndpoint(`${name}-${purpose}`, account.id, "Sql", { parent: account });
  return { account, database };
}

/** Items of the one database; Cosmos DB keeps such rights by itself, apart from Azure's. @param container default: all of its containers */
export function grantItems(
  name: string,
  { account, database }: Pick<CosmosDatabase, "account" | "database">,
  { principalId }: Principal,
  { group }: AzureContext,
  opts: CustomResourceOptions,
  use: keyof typeof itemRoles = "write",
  container?: string,
): Resource {
  return new SqlResourceSqlRoleAssignment(
    name,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      roleAssignmentId: guidOf(name),
      principalId,
      roleDefinitionId: interpolate`${account.id}/sqlRoleDefinitions/${itemRoles[use]}`,
      scope: interpolate`${account.id}/dbs/${database.name}${container === undefined ? "" : `/colls/${container}`}`,
    },
    { ...opts, parent: account },
  );
}
