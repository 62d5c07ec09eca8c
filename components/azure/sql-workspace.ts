import { IpFirewallRule } from "@pulumi/azure-native/synapse/ipFirewallRule.js";
import { Key as ActiveKey } from "@pulumi/azure-native/synapse/key.js";
import { Workspace } from "@pulumi/azure-native/synapse/workspace.js";
import { all, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { serverlessSql } from "../../functions/core/serverless-sql.ts";
import type { AzureContext } from "./context.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { grant } from "./roles.ts";
import type { ServerlessSqlSettings } from "./serverless-sql-settings.ts";
import { createStorage } from "./storage.ts";
import type { Zones } from "./zones.ts";

export interface SqlWorkspace {
  /** Host that SQL is sent to, over TLS 1.2 or later: the pool takes nothing less ("Azure Synapse Analytics connectivity settings"). */
  readonly host: Output<string>;
  /** What the administrator runs once: database, views, the most that a day's queries may read. */
  readonly script: Output<string>;
}

/** A workspace wants a file system of its own, which the serverless pool does not use. */
const fileSystem = "workspace";
const keyName = "fieldlake";

/**
 * Synapse's serverless pool, Entra identities only; no Spark, no dedicated pool. The workspace reads as itself, and may
 * write nowhere. Its key is used by its own identity and activated after that has the right: Synapse can't use an assigned
 * identity with a vault that is closed to the internet, as ours is ("Encryption for Azure Synapse Analytics workspaces").
 */
export function createSqlWorkspace(
  name: string,
  {
    environment,
    zones,
    sql,
  }: { readonly environment: string; readonly zones: Zones; readonly sql: ServerlessSqlSettings },
  context: AzureContext,
  opts: CustomResourceOptions,
): SqlWorkspace {
  const { group, location, settings, key, logs, network } = context;
  const isPrivate = settings.network === "private";
  const own = createStorage(
    `${name}-sql`,
    {
      named: [environment, "sql"],
      key,
      redundancy: settings.redundancy,
      containers: [fileSystem],
      hierarchical: true,
    },
    context,
    opts,
  );
  const place = { resourceGroupName: group.name };
  const workspace = new Workspace(
    // A workspace's name may not have this in it: it is how the pool's own host is told from others.
    autoNamed(nameRules.synapse, name.replaceAll("-ondemand", "-on-demand"), "sql"),
    {
      ...place,
      location,
      identity: { type: "SystemAssigned" },
      azureADOnlyAuthentication: true,
      cspWorkspaceAdminProperties: { initialWorkspaceAdminObjectId: sql.administrator },
      defaultDataLakeStorage: {
        accountUrl: own.account.primaryEndpoints.apply(({ dfs }) => dfs.replace(/\/$/, "")),
        filesystem: fileSystem,
        resourceId: own.accountId,
        createManagedPrivateEndpoint: false,
      },
      encryption: { cmk: { key: { name: keyName, keyVaultUrl: key.uri } } },
      managedVirtualNetwork: "default",
      managedVirtualNetworkSettings: {
        preventDataExfiltration: true,
        linkedAccessCheckOnTargetResource: true,
        allowedAadTenantIdsForLinking: [],
      },
      publicNetworkAccess: isPrivate ? "Disabled" : "Enabled",
      trustedServiceBypassEnabled: false,
    },
    { ...opts, dependsOn: Object.values(own.containers) },
  );
  const child = { ...opts, parent: workspace };
  const reader = { principalId: workspace.identity.apply((its) => its?.principalId ?? "") };
  const mayUseKey = grant(
    `${name}-sql-key-use`,
    context,
    {
      role: "Key Vault Crypto Service Encryption User",
      scope: key.id,
      principal: reader,
      why: "wraps and unwraps the data keys of the SQL workspace",
    },
    child,
  );
  const active = new ActiveKey(
    `${name}-sql-key`,
    { ...place, workspaceName: workspace.name, keyName, keyVaultUrl: key.uri, isActiveCMK: true },
    // A key in use can't be deleted: it goes with its workspace.
    { ...child, dependsOn: mayUseKey, deletedWith: workspace },
  );
  for (const [zone, { scope }] of Object.entries({ curated: zones.curated, quarantine: zones.quarantine })) {
    grant(
      `${name}-sql-${zone}`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope,
        principal: reader,
        why: `serverless SQL reads the ${zone} zone`,
      },
      child,
    );
  }
  sql.addresses.forEach((address, index) => {
    new IpFirewallRule(
      `${name}-sql-address-${index + 1}`,
      {
        ...place,
        workspaceName: workspace.name,
        ruleName: `address-${index + 1}`,
        startIpAddress: address,
        endIpAddress: address,
      },
      // Whom it lets in is no data: it goes with the setting.
      { ...child, protect: false, retainOnDelete: false, dependsOn: active },
    );
  });
  diagnose(`${name}-sql-workspace`, workspace.id, logs, child);
  network?.privateEndpoint(`${name}-sql-workspace`, workspace.id, "SqlOnDemand", child);
  return {
    host: workspace.connectivityEndpoints.apply(({ sqlOnDemand }) => sqlOnDemand ?? ""),
    script: all([zones.curated.container, zones.quarantine.container]).apply(([curated, quarantine]) =>
      serverlessSql({ curated, quarantine, dailyTerabytes: sql.dailyTerabytes }),
    ),
  };
}
