/** IoT services of Azure that know no key of the customer: said, not passed over. */
import type { Rule } from "../../../kit/rule.ts";

const namespace = "azure-native:eventgrid:Namespace";
const hub = "azure-native:iothub:IotHubResource";
const noKey = (service: string, where: string) => () => ({
  reason: `${service} has no customer-managed key in its stable API`,
  compensatingControl: `it keeps messages for a short time only, and ${where} is under a key of the customer`,
});
const unsupportedKey = (id: string, what: string, types: readonly string[], where: string): Rule => ({
  id,
  theme: "cmk-at-rest",
  description: `${what} is encrypted under a key of the customer`,
  severity: "medium",
  types,
  controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
  why: "Without it Microsoft's own key opens the data.",
  fix: "keep retention short and send everything on to a store under a key of the customer",
  unsupported: noKey(what.replace(/^An? /, ""), where),
  check: () => [],
  example: {
    violation: "none: the service can't",
    fixed: "a short retention, and a route to a store with a key",
  },
});

export const azureWithoutKeysKeyRules: readonly Rule[] = [
  unsupportedKey(
    "azure-eventgrid-require-customer-key",
    "An Event Grid namespace or topic",
    [namespace, "azure-native:eventgrid:Topic", "azure-native:eventgrid:Domain"],
    "the Event Hubs namespace that it sends to",
  ),
  unsupportedKey("azure-iothub-require-customer-key", "An IoT hub", [hub], "every place that it routes to"),
  unsupportedKey(
    "azure-dps-require-customer-key",
    "A device provisioning service",
    ["azure-native:deviceprovisioningservices:IotDpsResource"],
    "it keeps registrations only, and what devices send",
  ),
  unsupportedKey(
    "azure-digitaltwins-require-customer-key",
    "A digital twins instance",
    ["azure-native:digitaltwins:DigitalTwin"],
    "every endpoint that it sends to",
  ),
];
