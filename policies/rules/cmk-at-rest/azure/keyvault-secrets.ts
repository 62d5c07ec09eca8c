/** Secrets in a vault end. */
import type { Rule } from "../../../kit/rule.ts";

export const azureKeyvaultSecretsKeyRules: readonly Rule[] = [
  {
    id: "azure-keyvault-require-secret-end",
    theme: "cmk-at-rest",
    description: "Every secret ends one day",
    severity: "low",
    types: ["azure-native:keyvault:Secret"],
    controls: ["CKV_AZURE_41", "MCSB DP-6", "98728c90", "AZU-0017"],
    why: "A secret that leaked unseen serves the thief until it ends.",
    fix: "set properties.attributes.expires, in seconds from 1970",
    // What has ended already ends nothing: nobody could use it.
    check: (secret, { today }) => [
      secret.test(
        "properties.attributes.expires",
        (seconds) => Number(seconds) > Date.parse(today) / 1000,
        "a time to come, in seconds from 1970",
      ),
    ],
    example: { violation: "no attributes", fixed: "attributes: { expires: 1_798_761_600 }" },
  },
];
