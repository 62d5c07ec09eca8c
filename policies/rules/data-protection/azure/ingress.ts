/** Ports that are open to the internet. */
import type { Rule } from "../../../kit/rule.ts";
import { type Value, listed, unknown } from "../../../kit/value.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";
import { isFrozen, type View } from "../../../kit/view.ts";

/** Ports that everybody may reach. */
const openPorts = ["80", "443", "8443", "8883"];
/** So few bits that nobody owns the network: `0.0.0.0/1` and its other half are everybody too. */
const isEverybody = (value: Value): boolean =>
  typeof value === "string" && /^(\*|internet|any|0\.0\.0\.0|.*\/[0-7])$/i.test(value);
function opensOnly(rule: View) {
  const property = rule.path("destinationPortRange");
  const frozen = ["sourceAddressPrefix", "sourceAddressPrefixes"].find((path) =>
    isFrozen(rule.resource, rule.path(path)),
  );
  if (frozen !== undefined) return rule.test(frozen, () => false, "what the program says");
  const isIn = rule.value("direction") !== "Outbound" && rule.value("access") !== "Deny";
  const sources = listed(rule.value("sourceAddressPrefix"), rule.value("sourceAddressPrefixes"));
  const ports = listed(rule.value("destinationPortRange"), rule.value("destinationPortRanges"));
  if (!isIn || !sources.some((one) => isEverybody(one) || one === unknown))
    return pass(property, "for named networks");
  const wrong = ports.find((port) => !openPorts.includes(String(port === unknown ? "" : port)));
  if (wrong === undefined && ports.length > 0) return pass(property, ports.join(", "));
  return sources.includes(unknown) || wrong === unknown
    ? undetermined(property)
    : fail(property, `${String(wrong ?? "absent")} for everybody`, openPorts.join(", "));
}

export const azureIngressProtectionRules: readonly Rule[] = [
  {
    id: "azure-network-forbid-open-ingress",
    theme: "data-protection",
    description: "Nothing but HTTPS and MQTT over TLS is open to the whole internet",
    severity: "high",
    types: ["azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"],
    controls: ["CKV_AZURE_9", "CKV_AZURE_10", "AZU-0047", "MCSB NS-1"],
    why: "Databases, brokers and consoles that everybody reaches are tried by everybody.",
    fix: "name the networks in sourceAddressPrefix, or let port 443 or 8883 in only",
    check: (view) =>
      (view.resource.type.endsWith("SecurityRule") ? [view] : view.items("securityRules"))
        .map(opensOnly)
        .concat(pass("securityRules", "looked at")),
    example: {
      violation: 'sourceAddressPrefix: "*", destinationPortRange: "1883"',
      fixed: 'sourceAddressPrefix: "*", destinationPortRange: "8883"',
    },
  },
];
