/** IoT Hub takes no shared keys, neither from devices nor towards its routes. */
import { all, either, isTrue, notFalse } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, isObject } from "../../../kit/value.ts";
import { pass } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const hub = "azure-native:iothub:IotHubResource";
/** Keys of the hub, of its devices, of their modules. */
const switches = [
  "properties.disableLocalAuth",
  "properties.disableDeviceSAS",
  "properties.disableModuleSAS",
];
const identity = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];

const uploads = "properties.storageEndpoints";
/** A map by name, of which the hub knows `$default`. */
const uploadsOf = (view: View): readonly View[] => {
  const places = view.value(uploads);
  return isObject(places) ? Object.keys(places).map((name) => view.part(`${uploads}.${name}`)) : [];
};

export const azureIothubIdentityRules: readonly Rule[] = [
  {
    id: "azure-iothub-forbid-shared-keys",
    theme: "device-identity",
    description: "Devices of an IoT hub are known by certificates, services by roles",
    severity: "high",
    types: [hub],
    controls: [...identity, "MCSB IM-1"],
    why: "A shared access key is copied without a trace.",
    fix: "set properties.disableLocalAuth to true (or properties.disableDeviceSAS and disableModuleSAS)",
    check: all(
      // Said to be on, a kind of key is taken whatever is said of the others.
      notFalse(switches),
      either(isTrue("properties.disableLocalAuth"), isTrue(switches.slice(1))),
    ),
    example: { violation: "no disableLocalAuth", fixed: "disableLocalAuth: true" },
  },
  {
    id: "azure-iothub-require-identity-on-routes",
    theme: "device-identity",
    description: "An IoT hub reaches what it routes to as itself, without connection strings",
    severity: "high",
    types: [hub],
    controls: ["MCSB IM-1", "NIST SP 800-53 SC-28(1)"],
    why: "A connection string is a key that names nobody.",
    fix: 'set authenticationType of every endpoint in properties.routing.endpoints and properties.storageEndpoints to "identityBased"',
    concerns: (view) =>
      !isNothing(view.value("properties.routing.endpoints")) ||
      !isNothing(view.value("properties.storageEndpoints")),
    check: (view) =>
      ["eventHubs", "serviceBusQueues", "serviceBusTopics", "storageContainers", "cosmosDBSqlContainers"]
        .flatMap((kind) => view.items(`properties.routing.endpoints.${kind}`))
        .concat(uploadsOf(view))
        .map((endpoint) => endpoint.oneOf("authenticationType", ["identityBased"]))
        .concat(pass("properties.routing.endpoints", "looked at")),
    example: {
      violation: "eventHubs: [{ connectionString }]",
      fixed: 'eventHubs: [{ authenticationType: "identityBased", endpointUri, entityPath }]',
    },
  },
];
