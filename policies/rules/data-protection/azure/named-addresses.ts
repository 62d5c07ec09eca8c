/** Rules of a service that lets named addresses in do not name everybody. */
import { everyPlaceOf } from "../../../kit/places.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isObject, type Value } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

/** Where each service has its list, and under which name an entry has its address. */
const places: Readonly<Record<string, readonly (readonly [list: string, address: string])[]>> = {
  "azure-native:storage:StorageAccount": [["networkRuleSet.ipRules", "iPAddressOrRange"]],
  "azure-native:containerregistry:Registry": [["networkRuleSet.ipRules", "iPAddressOrRange"]],
  "azure-native:keyvault:Vault": [["properties.networkAcls.ipRules", "value"]],
  "azure-native:keyvault:ManagedHsm": [["properties.networkAcls.ipRules", "value"]],
  "azure-native:cognitiveservices:Account": [["properties.networkAcls.ipRules", "value"]],
  "azure-native:search:Service": [["networkRuleSet.ipRules", "value"]],
  "azure-native:cosmosdb:DatabaseAccount": [["ipRules", "ipAddressOrRange"]],
  "azure-native:eventhub:NamespaceNetworkRuleSet": [["ipRules", "ipMask"]],
  "azure-native:servicebus:NamespaceNetworkRuleSet": [["ipRules", "ipMask"]],
  "azure-native:iothub:IotHubResource": [["properties.networkRuleSets.ipRules", "ipMask"]],
  "azure-native:eventgrid:Namespace": [["inboundIpRules", "ipMask"]],
  "azure-native:eventgrid:Topic": [["inboundIpRules", "ipMask"]],
  "azure-native:eventgrid:Domain": [["inboundIpRules", "ipMask"]],
  "azure-native:deviceprovisioningservices:IotDpsResource": [["properties.ipFilterRules", "ipMask"]],
  "azure-native:web:WebApp": [
    ["siteConfig.ipSecurityRestrictions", "ipAddress"],
    ["siteConfig.scmIpSecurityRestrictions", "ipAddress"],
  ],
  "azure-native:web:WebAppSlot": [
    ["siteConfig.ipSecurityRestrictions", "ipAddress"],
    ["siteConfig.scmIpSecurityRestrictions", "ipAddress"],
  ],
};
/** So few bits that nobody owns the network: `0.0.0.0/1` and its other half are everybody too. */
const isEverybody = (address: Value): boolean =>
  typeof address === "string" && /^(\*|any|internet|0\.0\.0\.0|.*\/[0-7])$/i.test(address.trim());
const turnsAway = (entry: View): boolean => /^(deny|reject)$/i.test(String(entry.value("action") ?? ""));

const entriesOf = (view: View) =>
  (places[view.resource.type] ?? []).flatMap(([list, address]) =>
    view
      .items(list)
      .filter((entry) => isObject(entry.value("")) && !turnsAway(entry))
      .map((entry) => ({ entry, address })),
  );

export const azureNamedAddressRules: readonly Rule[] = [
  {
    id: "azure-network-name-addresses",
    theme: "data-protection",
    description: "A service that lets some addresses in does not let all in",
    severity: "high",
    types: Object.keys(places),
    controls: ["MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "A default of Deny is worth nothing beside an exception for everybody, whole or in two halves.",
    fix: "name addresses and networks of yours, of /8 or longer prefixes",
    concerns: (view) => entriesOf(view).length > 0,
    check: (view) =>
      entriesOf(view).flatMap(({ entry, address }) =>
        everyPlaceOf(entry, address, (place, path) => [
          place.test(path, (one) => !isEverybody(one), "an address or network of yours"),
        ]),
      ),
    example: {
      violation: 'ipRules: [{ value: "0.0.0.0/1" }]',
      fixed: 'ipRules: [{ value: "203.0.113.0/28" }]',
    },
  },
];
