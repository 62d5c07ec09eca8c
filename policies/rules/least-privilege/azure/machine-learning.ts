/** Machine Learning takes no shared keys, and its machines are closed. */
import { isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureMachineLearningPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-ml-forbid-shared-keys",
    theme: "least-privilege",
    description: "Models are asked by identities, not by keys",
    severity: "high",
    types: [
      "azure-native:machinelearningservices:OnlineEndpoint",
      "azure-native:machinelearningservices:BatchEndpoint",
    ],
    controls: ["Azure.ML.DisableLocalAuth", "MCSB IM-1"],
    why: "A key names nobody, and lives until somebody changes it.",
    fix: 'set properties.authMode to "AADToken"',
    check: isOneOf("properties.authMode", ["AADToken"]),
    example: { violation: 'authMode: "Key"', fixed: 'authMode: "AADToken"' },
  },
  {
    id: "azure-ml-close-compute",
    theme: "least-privilege",
    description: "Computes of machine learning know no local users",
    severity: "medium",
    types: ["azure-native:machinelearningservices:Compute"],
    controls: ["Azure.ML.DisableLocalAuth", "MCSB IM-1"],
    why: "Local users have keys that no directory knows.",
    fix: "set properties.disableLocalAuth to true",
    check: isTrue("properties.disableLocalAuth"),
    example: { violation: "disableLocalAuth: false", fixed: "disableLocalAuth: true" },
  },
];
