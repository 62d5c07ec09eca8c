/** No service is open to the whole internet. */
import type { Rule } from "../../../kit/rule.ts";
import { isClosed, ruleSets, services } from "./support/closable-services.ts";
import { privateNetworks } from "./support/private-environment.ts";

/** A Fieldlake environment without a network of its own; `fieldlake:azure.network` chooses. */
const inPublicNetwork: NonNullable<Rule["unsupported"]> = (view, context) =>
  context.isOurs(view.resource) && privateNetworks(context).length === 0
    ? {
        reason: "the environment was made without a private network",
        compensatingControl:
          "shared keys and public blobs are off: every caller is a named identity with a role, over TLS 1.2; fieldlake:azure.network private lifts this",
      }
    : null;

const hasRuleSets = (type: string): boolean => ruleSets.some((one) => one === `${type}NetworkRuleSet`);

export const azureNetworkAccessProtectionRules: readonly Rule[] = [
  ...services.map(({ service, what, type, controls }): Rule => ({
    id: `azure-${service}-close-network`,
    theme: "data-protection",
    description: `${what} answers known networks only`,
    severity: "high",
    types: [type],
    ...(hasRuleSets(type) ? { reads: ruleSets } : {}),
    controls: [...controls, "MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "Everybody may try keys, tokens and flaws on a public address.",
    fix: 'set publicNetworkAccess to "Disabled" and add a private endpoint, or let named networks in and deny the rest',
    unsupported: inPublicNetwork,
    check: isClosed,
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  })),
];
