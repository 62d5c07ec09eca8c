import { NetworkSecurityGroup } from "@pulumi/azure-native/network/networkSecurityGroup.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AzurePlace } from "./context.ts";
import { diagnose, type Logs } from "./logs.ts";

export interface SubnetArgs {
  readonly range: string;
  /** Of an app on Flex Consumption, which takes it for itself. */
  readonly delegated: boolean;
  /** Services that take the subnet for who asks, for example `Microsoft.KeyVault`. Default none. */
  readonly serviceEndpoints?: readonly string[];
}

export interface ClosedNetwork {
  readonly network: VirtualNetwork;
  subnet(name: string, args: SubnetArgs): Subnet;
}

export interface ClosedNetworkPlace extends Pick<AzurePlace, "group" | "location"> {
  readonly logs: Logs;
}

/** A network that nobody reaches from outside. */
export function createClosedNetwork(
  name: string,
  { group, location, logs }: ClosedNetworkPlace,
  addressSpace: string,
  opts: CustomResourceOptions,
): ClosedNetwork {
  const place = { resourceGroupName: group.name, location };
  const network = new VirtualNetwork(
    `${name}-network`,
    { ...place, addressSpace: { addressPrefixes: [addressSpace] } },
    opts,
  );
  const child = { parent: network };
  const rules = new NetworkSecurityGroup(
    `${name}-network-rules`,
    {
      ...place,
      securityRules: [
        {
          name: "deny-from-outside",
          priority: 4096,
          direction: "Inbound",
          access: "Deny",
          protocol: "*",
          sourceAddressPrefix: "Internet",
          sourcePortRange: "*",
          destinationAddressPrefix: "*",
          destinationPortRange: "*",
        },
      ],
    },
    child,
  );
  // A network's metrics are those of DDoS protection, which is bought apart; rules have none.
  diagnose(`${name}-network`, network.id, logs, child, "logs");
  diagnose(`${name}-network-rules`, rules.id, logs, { parent: rules }, "logs");
  const made: Subnet[] = [];
  return {
    network,
    subnet(part, { range, delegated, serviceEndpoints = [] }) {
      const subnet = new Subnet(
        `${name}-subnet-${part}`,
        {
          resourceGroupName: group.name,
          virtualNetworkName: network.name,
          subnetName: part,
          addressPrefix: range,
          defaultOutboundAccess: false,
          networkSecurityGroup: { id: rules.id },
          privateEndpointNetworkPolicies: "Enabled",
          ...(delegated
            ? { delegations: [{ name: "functions", serviceName: "Microsoft.App/environments" }] }
            : {}),
          ...(serviceEndpoints.length === 0
            ? {}
            : { serviceEndpoints: serviceEndpoints.map((service) => ({ service })) }),
        },
        // Azure changes a network's subnets one at a time.
        { ...child, dependsOn: [...made] },
      );
      made.push(subnet);
      return subnet;
    },
  };
}
