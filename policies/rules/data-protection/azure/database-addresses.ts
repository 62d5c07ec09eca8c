/** Named addresses ask databases: rules that let a range in let a small one in. */
import type { Rule } from "../../../kit/rule.ts";

/** The most addresses of one rule. */
const most = 256;
const numberOf = (address: unknown): number | null => {
  const parts =
    typeof address === "string" && /^\d+(\.\d+){3}$/.test(address) ? address.split(".").map(Number) : [];
  return parts.length === 4 && parts.every((part) => part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : null;
};

const nameAddresses = (
  service: string,
  what: string,
  types: readonly string[],
  controls: readonly string[],
): Rule => ({
  id: `azure-${service}-name-addresses`,
  theme: "data-protection",
  description: `A firewall rule of ${what} lets a few addresses in`,
  severity: "high",
  types,
  controls: [...controls, "MCSB NS-1"],
  why: "0.0.0.0 is everything that anybody runs in Azure, and a wide range is the internet.",
  fix: `set startIpAddress and endIpAddress to addresses of yours, at most ${most} in a rule`,
  check: (view) => {
    const first = numberOf(view.value("startIpAddress"));
    return [
      view.test(
        "startIpAddress",
        (address) => (numberOf(address) ?? 0) > 0,
        "an IPv4 address other than 0.0.0.0",
      ),
      view.test(
        "endIpAddress",
        (address) => {
          const last = numberOf(address);
          // Where the first is not known, that is said already.
          return last !== null && (first === null || (last >= first && last - first < most));
        },
        `at most ${most} addresses from startIpAddress on`,
      ),
    ];
  },
  example: {
    violation: 'startIpAddress: "0.0.0.0"',
    fixed: 'startIpAddress: "203.0.113.7", endIpAddress: "203.0.113.7"',
  },
});

export const azureDatabaseAddressRules: readonly Rule[] = [
  nameAddresses(
    "synapse",
    "a Synapse workspace",
    ["azure-native:synapse:IpFirewallRule"],
    ["56fd377d", "CKV2_AZURE_19"],
  ),
  nameAddresses(
    "sql",
    "a database server",
    [
      "azure-native:sql:FirewallRule",
      "azure-native:dbforpostgresql:FirewallRule",
      "azure-native:dbformysql:FirewallRule",
    ],
    ["CKV2_AZURE_34"],
  ),
];
