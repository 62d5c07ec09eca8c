/** Models are asked over TLS. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const azureMachineLearningTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-ml-require-tls-to-models",
    description: "A cluster that answers for models does so under TLS",
    types: ["azure-native:machinelearningservices:Compute"],
    controls: ["MCSB DP-3"],
    fix: 'set properties.properties.sslConfiguration.status to "Enabled" with a certificate, or to "Auto"',
    // Other kinds of compute answer nobody.
    concerns: (compute) => compute.value("properties.computeType") === "AKS",
    check: isOneOf("properties.properties.sslConfiguration.status", ["Enabled", "Auto"]),
    example: { violation: 'status: "Disabled"', fixed: 'status: "Auto", leafDomainLabel: "models"' },
  }),
];
