/** Named addresses ask Synapse. */
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

export const azureSynapseAddressRules: readonly Rule[] = [
  {
    id: "azure-synapse-name-addresses",
    theme: "data-protection",
    description: "A firewall rule of a Synapse workspace lets a few addresses in",
    severity: "high",
    types: ["azure-native:synapse:IpFirewallRule"],
    controls: ["56fd377d", "CKV2_AZURE_19", "MCSB NS-1"],
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
  },
];
