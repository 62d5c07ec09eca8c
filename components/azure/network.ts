import { PrivateDnsZoneGroup } from "@pulumi/azure-native/network/privateDnsZoneGroup.js";
import { PrivateEndpoint } from "@pulumi/azure-native/network/privateEndpoint.js";
import { PrivateZone } from "@pulumi/azure-native/privatedns/privateZone.js";
import { VirtualNetworkLink } from "@pulumi/azure-native/privatedns/virtualNetworkLink.js";
import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { cloudOf } from "./clouds.ts";
import type { AzurePlace } from "./context.ts";
import type { Logs } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { beside } from "./options.ts";
import { subnetRanges } from "./subnets.ts";
import type { AzureSettings } from "./settings.ts";
import { createClosedNetwork } from "./virtual-network.ts";

/** Which part of a service an endpoint leads to, and the zone that its name then lies in (learn.microsoft.com, "Private endpoint private DNS zone values"). */
export type EndpointGroup = "blob" | "vault" | "namespace" | "Sql" | "sites" | "SqlOnDemand";

export interface Network {
  /** For functions: everything that they send leaves through it. One app a subnet. */
  functionSubnet(name: string): Output<string>;
  privateEndpoint(
    name: string,
    resourceId: Input<string>,
    group: EndpointGroup,
    opts: CustomResourceOptions,
  ): void;
}

/** Each has the range at its place, whichever of the others there are: one that is in use can't be moved. */
const apps = [
  ...["decoder", "insight", "query", "upload", "admission", "compact", "scoring", "enrol", "renew"],
  ...["declared", "report", "api", "grant"],
];

export function createNetwork(
  environment: string,
  { group, location }: AzurePlace,
  logs: Logs,
  { addressSpace }: AzureSettings,
  opts: CustomResourceOptions,
): Network {
  const place = { resourceGroupName: group.name, location };
  const ranges = subnetRanges(addressSpace);
  const { network, subnet } = createClosedNetwork(environment, { group, location, logs }, addressSpace, opts);
  const child = { parent: network };
  const endpoints = subnet("endpoints", { range: ranges.endpoints, delegated: false });
  const zones = new Map<EndpointGroup, PrivateZone>();
  const hosts = privateHosts(location);

  const zoneOf = (which: EndpointGroup): PrivateZone => {
    const known = zones.get(which);
    if (known !== undefined) return known;
    const name = which.toLowerCase();
    const zone = new PrivateZone(
      `${environment}-dns-${name}`,
      { resourceGroupName: group.name, location: "global", privateZoneName: hosts[which] },
      child,
    );
    new VirtualNetworkLink(
      `${environment}-dns-${name}-link`,
      {
        resourceGroupName: group.name,
        location: "global",
        privateZoneName: zone.name,
        virtualNetworkLinkName: "fieldlake",
        virtualNetwork: { id: network.id },
        registrationEnabled: false,
      },
      { parent: zone },
    );
    zones.set(which, zone);
    return zone;
  };

  return {
    functionSubnet(name) {
      const range = ranges.functions[apps.findIndex((app) => name.endsWith(`-${app}`))];
      if (range === undefined) throw new Error(`network: there is no address range for ${name}`);
      return subnet(name, { range, delegated: true }).id;
    },
    privateEndpoint(name, resourceId, which, opts) {
      const endpoint = new PrivateEndpoint(
        autoNamed(nameRules.privateEndpoint, name, "endpoint"),
        {
          ...place,
          subnet: { id: endpoints.id },
          privateLinkServiceConnections: [
            { name: "fieldlake", privateLinkServiceId: resourceId, groupIds: [which] },
          ],
        },
        beside(opts),
      );
      new PrivateDnsZoneGroup(
        `${name}-endpoint-dns`,
        {
          resourceGroupName: group.name,
          privateEndpointName: endpoint.name,
          privateDnsZoneGroupName: "default",
          privateDnsZoneConfigs: [{ name: which.toLowerCase(), privateDnsZoneId: zoneOf(which).id }],
        },
        { parent: endpoint },
      );
    },
  };
}

function privateHosts(location: string): Record<EndpointGroup, string> {
  const { storage, vault, eventHubs, cosmos, functions, synapse } = cloudOf(location);
  return {
    blob: `privatelink.blob.${storage}`,
    // The public zone of a vault's private name is another one than the vault's own.
    vault: `privatelink.${vault.replace("vault.", "vaultcore.")}`,
    namespace: `privatelink.${eventHubs}`,
    Sql: `privatelink.${cosmos}`,
    sites: `privatelink.${functions}`,
    SqlOnDemand: `privatelink.sql.${synapse}`,
  };
}
