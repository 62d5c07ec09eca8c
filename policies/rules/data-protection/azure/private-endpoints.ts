/** What is closed to the internet is reached through an endpoint in the network. */
import { all, hasCompanion, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { networkTypes, privateNetworks } from "./support/private-environment.ts";
import { isOurs } from "../../support/ours.ts";

const endpoint = "azure-native:network:PrivateEndpoint";
const connection = "privateLinkServiceConnections[0].privateLinkServiceId";

export const azurePrivateEndpointRules: readonly Rule[] = [
  {
    id: "azure-network-require-private-endpoint",
    theme: "data-protection",
    description:
      "In a private environment of Fieldlake every service of its region has an endpoint in the network",
    severity: "high",
    types: [
      "azure-native:storage:StorageAccount",
      "azure-native:keyvault:Vault",
      "azure-native:eventhub:Namespace",
      "azure-native:cosmosdb:DatabaseAccount",
      "azure-native:web:WebApp",
      "azure-native:synapse:Workspace",
    ],
    reads: [...networkTypes, endpoint],
    controls: ["MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "Without it the first remedy of a service that nobody reaches is to open it to the internet.",
    fix: "add an azure-native.network.PrivateEndpoint whose privateLinkServiceConnections name the service and its groupIds",
    concerns: (view, context) =>
      isOurs(view, context) &&
      privateNetworks(context).some((one) => one.value("location") === view.value("location")),
    check: hasCompanion(
      [endpoint],
      connection,
      "a private endpoint",
      all(present("subnet.id"), present("privateLinkServiceConnections[].groupIds")),
    ),
    example: {
      violation: "no PrivateEndpoint",
      fixed: 'privateLinkServiceConnections: [{ privateLinkServiceId: account.id, groupIds: ["blob"] }]',
    },
  },
];
