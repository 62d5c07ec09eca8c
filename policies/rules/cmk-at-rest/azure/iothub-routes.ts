/** Where an IoT hub sends messages, a rule sees it. */
import type { Context } from "../../../kit/context.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, shown, unknown } from "../../../kit/value.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

/** What each kind of endpoint may be. */
const targets: Readonly<Record<string, readonly string[]>> = {
  eventHubs: ["azure-native:eventhub:Namespace"],
  serviceBusQueues: ["azure-native:servicebus:Namespace"],
  serviceBusTopics: ["azure-native:servicebus:Namespace"],
  storageContainers: ["azure-native:storage:StorageAccount"],
  cosmosDBSqlContainers: ["azure-native:cosmosdb:DatabaseAccount"],
};
const endpoints = "properties.routing.endpoints";

/** An endpoint names its target by host: `sb://hubs.servicebus.windows.net`. */
function isOwn(endpoint: View, types: readonly string[], { graph }: Context): Check {
  const uri = endpoint.value("endpointUri");
  const property = endpoint.path("endpointUri");
  if (uri === unknown) {
    const [found] = graph.behind(endpoint.resource, "properties", types);
    return found === undefined ? undetermined(property) : pass(property, `from ${found.name}`);
  }
  const name = /^\w+:\/\/([^./:]+)\./.exec(String(uri))?.[1] ?? "";
  const names = graph
    .ofTypes(types)
    .map(({ inputs, outputs }) => outputs["name"] ?? inputs["namespaceName"] ?? inputs["accountName"]);
  if (names.includes(name)) return pass(property, name);
  return name !== "" && names.some((one) => typeof one !== "string")
    ? undetermined(property)
    : fail(property, shown(uri), "the address of a namespace or account of this stack");
}

export const azureIothubRoutesKeyRules: readonly Rule[] = [
  {
    id: "azure-iothub-require-own-routes",
    theme: "cmk-at-rest",
    description: "An IoT hub sends messages to namespaces and accounts of the stack, whose keys are judged",
    severity: "high",
    types: ["azure-native:iothub:IotHubResource"],
    reads: [...new Set(Object.values(targets).flat())],
    controls: ["2d7e144b", "NIST SP 800-53 SC-28(1)", "NIST SP 800-53 AC-4"],
    why: "The hub knows no key of the customer: what it holds is safe where it is sent on to, or nowhere.",
    fix: "set endpointUri of every endpoint in properties.routing.endpoints to the address of a namespace or storage account of the stack",
    concerns: (hub) => !isNothing(hub.value(endpoints)),
    check: (hub, context) =>
      Object.entries(targets)
        .flatMap(([kind, types]) =>
          hub.items(`${endpoints}.${kind}`).map((endpoint) => isOwn(endpoint, types, context)),
        )
        .concat(pass(endpoints, "looked at")),
    example: {
      violation: 'endpointUri: "sb://elsewhere.servicebus.windows.net"',
      fixed: "endpointUri: interpolate`sb://${namespace.name}.servicebus.windows.net`",
    },
  },
];
