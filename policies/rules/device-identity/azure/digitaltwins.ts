/** Digital Twins writes by identity, not by key. */
import { absent, all, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureDigitaltwinsIdentityRules: readonly Rule[] = [
  {
    id: "azure-digitaltwins-require-identity",
    theme: "device-identity",
    description: "Digital twins send events on as themselves, without keys",
    severity: "medium",
    types: ["azure-native:digitaltwins:DigitalTwinsEndpoint"],
    controls: ["MCSB IM-1"],
    why: "A key in an endpoint is copied without a trace.",
    fix: 'set properties.authenticationType to "IdentityBased" and leave accessKey1, connectionString and deadLetterSecret out',
    check: all(
      isOneOf("properties.authenticationType", ["IdentityBased"]),
      absent(["properties.deadLetterSecret", "properties.primaryConnectionString"]),
    ),
    example: { violation: 'authenticationType: "KeyBased"', fixed: 'authenticationType: "IdentityBased"' },
  },
];
