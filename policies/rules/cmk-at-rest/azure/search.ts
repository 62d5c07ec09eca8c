/** Search services refuse indexes without the customer's key. */
import { all, isOneOfAnyCase } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureSearchKeyRules: readonly Rule[] = [
  {
    id: "azure-search-enforce-own-key",
    theme: "cmk-at-rest",
    description: "A search service takes indexes under keys of the customer only",
    severity: "high",
    types: ["azure-native:search:Service"],
    controls: ["76a56461", "356da939", "MCSB DP-5"],
    why: "An index without a key of its own lies under Microsoft's.",
    fix: 'set encryptionWithCmk.enforcement to "Enabled" and sku.name to "basic" or higher',
    check: all(isOneOfAnyCase("encryptionWithCmk.enforcement", ["Enabled"]), (view) => [
      view.test(
        "sku.name",
        (name) => typeof name === "string" && name.toLowerCase() !== "free",
        "basic or higher",
      ),
    ]),
    example: { violation: 'enforcement: "Unspecified"', fixed: 'enforcement: "Enabled"' },
  },
];
