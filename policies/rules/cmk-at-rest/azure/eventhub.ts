/** Event Hubs: events and captured files lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { either, isOneOf, present, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isObject } from "../../../kit/value.ts";
import { infrastructure } from "./support/infrastructure.ts";
import { onStandard } from "./support/tiers.ts";

const account = "azure-native:storage:StorageAccount";
const eventHubs = "azure-native:eventhub:Namespace";

export const azureEventhubKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-eventhub-require-customer-key",
    what: "An Event Hubs namespace",
    types: [eventHubs],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties[].keyName",
    key: "encryption.keyVaultProperties[].keyVaultUri",
    version: "encryption.keyVaultProperties[].keyVersion",
    // A dedicated cluster knows customers' keys whatever the namespace's tier.
    beside: either(isOneOf("sku.name", ["Premium"]), present("clusterArmId")),
    unsupported: onStandard,
    controls: ["a1ad735a"],
    example: {
      violation: 'sku: { name: "Standard" }',
      fixed:
        'sku: { name: "Premium" }, encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties: [{ keyName, keyVaultUri }] }',
    },
  }),
  {
    ...infrastructure("eventhub", "An Event Hubs namespace", eventHubs, ["836cd60e"]),
    unsupported: onStandard,
  },
  {
    id: "azure-eventhub-require-own-capture",
    theme: "cmk-at-rest",
    description: "What a hub captures goes to a storage account of the stack, whose encryption is judged",
    severity: "high",
    types: ["azure-native:eventhub:EventHub"],
    reads: [account],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "Captured events are the same data in another place.",
    fix: "set captureDescription.destination.storageAccountResourceId to the id of a storage account of the stack",
    concerns: (hub) =>
      isObject(hub.value("captureDescription")) && hub.value("captureDescription.enabled") !== false,
    check: refersTo(
      "captureDescription.destination.storageAccountResourceId",
      [account],
      "a storage account of this stack",
    ),
    example: {
      violation: 'storageAccountResourceId: "/subscriptions/…/elsewhere"',
      fixed: "storageAccountResourceId: account.id",
    },
  },
];
