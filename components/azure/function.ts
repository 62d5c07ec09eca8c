import { AppServicePlan } from "@pulumi/azure-native/web/appServicePlan.js";
import { WebApp } from "@pulumi/azure-native/web/webApp.js";
import { WebAppFtpAllowed } from "@pulumi/azure-native/web/webAppFtpAllowed.js";
import { WebAppScmAllowed } from "@pulumi/azure-native/web/webAppScmAllowed.js";
import {
  interpolate,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { assigned, type Principal } from "./identities.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { FunctionCode, type FunctionCodeArgs } from "./resources.ts";
import { grant } from "./roles.ts";
import { createStorage, type Storage } from "./storage.ts";

export interface FunctionArgs {
  /** What the name of its storage account is made of. */
  readonly storage: readonly string[];
  /** Who the functions are when they act. */
  readonly identity: Principal;
  readonly package: Omit<FunctionCodeArgs, "host">;
  readonly settings: Readonly<Record<string, Input<string>>>;
  /** Containers of its own account, by the setting that gets their address. */
  readonly containers?: Readonly<Record<string, string>>;
  readonly memoryMegabytes: 512 | 2_048 | 4_096;
  /** Default {@link leastInstances}: a timer runs in one anyway. */
  readonly maximumInstances?: number;
  /** Takes nobody without a client certificate. Default false. */
  readonly clientCertificates?: boolean;
  /** What it sends leaves through it, also in a public network. Default: none there. */
  readonly subnet?: Output<string>;
  /** Rights that must be there before the functions start. */
  readonly rights: readonly Resource[];
}

/** The least that Flex Consumption takes as a limit of an app's instances. */
export const leastInstances = 40;

const deployments = "deployments";

/** A Flex Consumption app: no keys, no passwords, its own storage under our key, logs to the workspace. */
export function createFunctionApp(
  name: string,
  args: FunctionArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): WebApp {
  const { group, location, settings, logs, key, network } = context;
  const { identity, containers = {}, clientCertificates = false, maximumInstances = leastInstances } = args;
  const place = { resourceGroupName: group.name, location };
  const isPrivate = settings.network === "private";
  const redundancy = settings.redundancy === "LRS" ? "LRS" : "ZRS";
  const host = createStorage(
    `${name}-host`,
    { named: args.storage, key, redundancy, containers: [deployments, ...Object.values(containers)] },
    context,
    opts,
  );
  const rights = [
    grant(
      `${name}-host`,
      context,
      {
        role: "Storage Blob Data Owner",
        scope: host.accountId,
        principal: identity,
        why: "the Functions host keeps leases, checkpoints and its package in an account of its own",
      },
      opts,
    ),
    grant(
      `${name}-traces`,
      context,
      {
        role: "Monitoring Metrics Publisher",
        scope: logs.insights.id,
        principal: identity,
        why: "traces and metrics go to Application Insights, which takes no key",
      },
      opts,
    ),
  ];
  const subnet = network?.functionSubnet(name) ?? args.subnet;
  const plan = new AppServicePlan(
    autoNamed(nameRules.plan, name, "plan"),
    {
      ...place,
      kind: "functionapp",
      reserved: true,
      sku: { name: "FC1", tier: "FlexConsumption" },
      ...(settings.zoneRedundant ? { zoneRedundant: true } : {}),
    },
    opts,
  );
  const appName = autoNamed(nameRules.functionApp, name);
  const app = new WebApp(
    appName,
    {
      ...place,
      kind: "functionapp,linux",
      reserved: true,
      serverFarmId: plan.id,
      identity: assigned(identity),
      httpsOnly: true,
      clientAffinityEnabled: false,
      publicNetworkAccess: isPrivate ? "Disabled" : "Enabled",
      keyVaultReferenceIdentity: identity.id,
      ...(subnet === undefined ? {} : { virtualNetworkSubnetId: subnet }),
      ...(clientCertificates ? { clientCertEnabled: true, clientCertMode: "Required" } : {}),
      functionAppConfig: {
        deployment: { storage: packageStore(host, identity) },
        runtime: { name: "node", version: "24" },
        scaleAndConcurrency: {
          instanceMemoryMB: args.memoryMegabytes,
          maximumInstanceCount: maximumInstances,
        },
      },
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        ftpsState: "Disabled",
        // Over HTTP/2 App Service hands on no client certificate.
        http20Enabled: !clientCertificates,
        remoteDebuggingEnabled: false,
        appSettings: Object.entries({
          ...hostSettings(host, identity, context),
          ...args.settings,
          ...addresses(containers, host),
        }).map(([setting, value]) => ({ name: setting, value })),
      },
    },
    { ...opts, dependsOn: [...rights, ...args.rights] },
  );
  const child = { ...opts, parent: app };
  const named = { resourceGroupName: group.name, name: app.name, allow: false };
  // Deployment by user name and password; by an Entra identity it goes on.
  const closed = [
    new WebAppFtpAllowed(`${name}-no-ftp-password`, named, child),
    new WebAppScmAllowed(`${name}-no-deployment-password`, named, child),
  ];
  diagnose(name, app.id, logs, { parent: app });
  network?.privateEndpoint(name, app.id, "sites", { parent: app });
  new FunctionCode(
    `${name}-code`,
    { host: app.defaultHostName, ...args.package },
    { ...child, dependsOn: [...closed, ...Object.values(host.containers)] },
  );
  return app;
}

const addresses = (containers: Readonly<Record<string, string>>, { endpoint }: Storage) =>
  Object.fromEntries(
    Object.entries(containers).map(([setting, container]) => [
      setting,
      interpolate`${endpoint}/${container}`,
    ]),
  );

const packageStore = (host: Storage, identity: Principal) => ({
  type: "blobContainer" as const,
  value: interpolate`${host.endpoint}/${deployments}`,
  authentication: {
    type: "UserAssignedIdentity" as const,
    userAssignedIdentityResourceId: identity.id,
  },
});

/** What the host itself needs; every connection by the identity. */
const hostSettings = (host: Storage, { clientId }: Principal, { logs }: AzureContext) => ({
  AzureWebJobsStorage__accountName: host.account.name,
  AzureWebJobsStorage__credential: "managedidentity",
  AzureWebJobsStorage__clientId: clientId,
  APPLICATIONINSIGHTS_CONNECTION_STRING: logs.insights.connectionString,
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: interpolate`Authorization=AAD;ClientId=${clientId}`,
  AZURE_CLIENT_ID: clientId,
  NODE_OPTIONS: "--enable-source-maps",
});

/** Settings of a trigger on a hub, by identity. @param namespaceHost `<namespace>.servicebus.windows.net` */
export const hubSettings = (
  { connection, hub, group }: { readonly connection: string; readonly hub: string; readonly group: string },
  at: { readonly host: Output<string>; readonly hub: Input<string>; readonly group: Input<string> },
  { clientId }: Principal,
): Record<string, Input<string>> => ({
  [`${connection}__fullyQualifiedNamespace`]: at.host,
  [`${connection}__credential`]: "managedidentity",
  [`${connection}__clientId`]: clientId,
  [hub]: at.hub,
  [group]: at.group,
});
