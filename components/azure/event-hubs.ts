import { ConsumerGroup } from "@pulumi/azure-native/eventhub/consumerGroup.js";
import { EventHub } from "@pulumi/azure-native/eventhub/eventHub.js";
import { Namespace } from "@pulumi/azure-native/eventhub/namespace.js";
import { NamespaceNetworkRuleSet } from "@pulumi/azure-native/eventhub/namespaceNetworkRuleSet.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { assigned } from "./identities.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";

export interface Hubs {
  readonly namespace: Namespace;
  /** `<namespace>.servicebus.windows.net` */
  readonly host: Output<string>;
}

export interface Hub {
  readonly hub: EventHub;
  readonly group: ConsumerGroup;
}

/** Hubs without keys; under our key where the tier takes one. */
export function createHubs(
  name: string,
  growing: boolean,
  context: AzureContext,
  opts: CustomResourceOptions,
): Hubs {
  const { group, location, settings, cloud, key, logs, network } = context;
  const { tier, units, maximumUnits } = settings.eventHubs;
  const premium = tier === "premium";
  const sku = premium ? "Premium" : "Standard";
  const hubsName = autoNamed(nameRules.eventHubNamespace, name, "hubs");
  const namespace = new Namespace(
    hubsName,
    {
      resourceGroupName: group.name,
      location,
      sku: { name: sku, tier: sku, capacity: units },
      disableLocalAuth: true,
      minimumTlsVersion: "1.2",
      publicNetworkAccess: network === null ? "Enabled" : "Disabled",
      ...(settings.zoneRedundant ? { zoneRedundant: true } : {}),
      ...(growing && !premium && maximumUnits > units
        ? { isAutoInflateEnabled: true, maximumThroughputUnits: maximumUnits }
        : { isAutoInflateEnabled: false }),
      ...(premium
        ? {
            identity: assigned(key.user),
            encryption: {
              keySource: "Microsoft.KeyVault",
              requireInfrastructureEncryption: true,
              keyVaultProperties: [
                {
                  keyVaultUri: key.vaultUri,
                  keyName: key.name,
                  identity: { userAssignedIdentity: key.user.id },
                },
              ],
            },
          }
        : {}),
    },
    { ...opts, dependsOn: key.ready },
  );
  const child = { ...opts, parent: namespace };
  if (network !== null) {
    new NamespaceNetworkRuleSet(
      `${name}-hubs-rules`,
      {
        resourceGroupName: group.name,
        namespaceName: namespace.name,
        defaultAction: "Deny",
        publicNetworkAccess: "Disabled",
        // Event Grid delivers as a trusted service, by its identity.
        trustedServiceAccessEnabled: true,
        ipRules: [],
        virtualNetworkRules: [],
      },
      child,
    );
    network.privateEndpoint(`${name}-hubs`, namespace.id, "namespace", { parent: namespace });
  }
  diagnose(`${name}-hubs`, namespace.id, logs, { parent: namespace });
  return { namespace, host: interpolate`${namespace.name}.${cloud.eventHubs}` };
}

/** A hub and the one group that reads it. */
export function createHub(
  name: string,
  hubName: string,
  partitions: number,
  { namespace }: Hubs,
  { group, settings }: AzureContext,
  opts: CustomResourceOptions,
): Hub {
  const hub = new EventHub(
    `${name}-${hubName}`,
    {
      resourceGroupName: group.name,
      namespaceName: namespace.name,
      eventHubName: hubName,
      partitionCount: partitions,
      retentionDescription: {
        cleanupPolicy: "Delete",
        retentionTimeInHours: settings.eventHubs.retentionHours,
      },
    },
    opts,
  );
  const reader = new ConsumerGroup(
    `${name}-${hubName}-group`,
    {
      resourceGroupName: group.name,
      namespaceName: namespace.name,
      eventHubName: hub.name,
      consumerGroupName: "fieldlake",
    },
    { ...opts, parent: hub },
  );
  return { hub, group: reader };
}
