import { DatabaseAccount } from "@pulumi/azure-native/cosmosdb/databaseAccount.js";
import { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js";
import { SqlResourceSqlDatabase } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlDatabase.js";
import { SqlResourceSqlRoleAssignment } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlRoleAssignment.js";
import { interpolate, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { latestContainer, latestDatabase, seenContainer } from "../../functions/azure-agreements.ts";
import type { AzureContext } from "./context.ts";
import { assigned, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, guidOf, nameRules } from "./names.ts";

/** Built into every account: reads and writes items, and changes neither containers nor rights. */
const dataContributor = "00000000-0000-0000-0000-000000000002";

export interface LatestState {
  readonly account: DatabaseAccount;
  readonly database: SqlResourceSqlDatabase;
  readonly containers: readonly SqlResourceSqlContainer[];
}

/** The latest value of each device and metric, and when each device was last heard of: no cost while nothing happens. */
export function createLatestState(
  name: string,
  key: Key,
  context: AzureContext,
  opts: CustomResourceOptions,
): LatestState {
  const { group, location, settings, logs, network } = context;
  const accountName = autoNamed(nameRules.cosmosAccount, name, "latest");
  const account = new DatabaseAccount(
    accountName,
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
  const place = { resourceGroupName: group.name, accountName: account.name };
  const database = new SqlResourceSqlDatabase(
    `${name}-latest-database`,
    { ...place, databaseName: latestDatabase, resource: { id: latestDatabase } },
    child,
  );
  const containers = [latestContainer, seenContainer].map(
    ({ name: container, partition }) =>
      new SqlResourceSqlContainer(
        `${name}-latest-${container}`,
        {
          ...place,
          databaseName: database.name,
          containerName: container,
          resource: {
            id: container,
            partitionKey: { kind: "Hash", paths: [`/${partition}`], version: 2 },
            // Each item says itself how long it lives.
            defaultTtl: -1,
          },
        },
        { ...child, parent: database },
      ),
  );
  diagnose(`${name}-latest`, account.id, logs, { parent: account });
  network?.privateEndpoint(`${name}-latest`, account.id, "Sql", { parent: account });
  return { account, database, containers };
}

/** Items of the one database; Cosmos DB keeps such rights by itself, apart from Azure's. */
export function grantItems(
  name: string,
  { account, database }: LatestState,
  { principalId }: Principal,
  { group }: AzureContext,
  opts: CustomResourceOptions,
): Resource {
  return new SqlResourceSqlRoleAssignment(
    name,
    {
      resourceGroupName: group.name,
      accountName: account.name,
      roleAssignmentId: guidOf(name),
      principalId,
      roleDefinitionId: interpolate`${account.id}/sqlRoleDefinitions/${dataContributor}`,
      scope: interpolate`${account.id}/dbs/${database.name}`,
    },
    { ...opts, parent: account },
  );
}
