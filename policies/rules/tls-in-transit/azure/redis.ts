/** Caches have no plain port. */
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const azureRedisTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-redis-forbid-plain-port",
    description: "A Redis cache has no plain port",
    types: ["azure-native:redis:Redis"],
    controls: ["CKV_AZURE_91", "22bee202", "Azure.Redis.NonSslPort", "MCSB DP-3"],
    fix: "leave enableNonSslPort false",
    check: notTrue("enableNonSslPort"),
    example: { violation: "enableNonSslPort: true", fixed: "enableNonSslPort: false" },
  }),
];
