/** Data Explorer: clusters lie under the customer's key, and twice. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { twice } from "./support/infrastructure.ts";

const controls = ["MCSB DP-4", "NIST SP 800-53 SC-28(1)"];

export const azureKustoKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-kusto-require-customer-key",
    what: "A Data Explorer cluster",
    types: ["azure-native:kusto:Cluster"],
    name: "keyVaultProperties.keyName",
    key: "keyVaultProperties.keyVaultUri",
    version: "keyVaultProperties.keyVersion",
    controls: ["CKV2_AZURE_11", "81e74cea"],
  }),
  {
    id: "azure-kusto-require-double-encryption",
    theme: "cmk-at-rest",
    description: "A Data Explorer cluster encrypts its disks, and encrypts twice",
    severity: "medium",
    types: ["azure-native:kusto:Cluster"],
    controls: [
      "CKV_AZURE_74",
      "CKV_AZURE_75",
      "f4b53539",
      "ec068d99",
      "Azure.ADX.DiskEncryption",
      ...controls,
    ],
    why: twice,
    fix: "set enableDiskEncryption and, when the cluster is made, enableDoubleEncryption to true",
    check: isTrue(["enableDiskEncryption", "enableDoubleEncryption"]),
    example: {
      violation: "enableDiskEncryption: false",
      fixed: "enableDiskEncryption: true, enableDoubleEncryption: true",
    },
  },
];
