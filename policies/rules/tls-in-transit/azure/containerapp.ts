/** Container apps speak TLS only. */
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const azureContainerappTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-containerapp-require-tls",
    description: "A container app answers HTTPS only",
    types: ["azure-native:app:ContainerApp"],
    controls: ["Azure.ContainerApp.Insecure", "MCSB DP-3"],
    fix: "leave configuration.ingress.allowInsecure false",
    check: notTrue("configuration.ingress.allowInsecure"),
    example: { violation: "allowInsecure: true", fixed: "allowInsecure: false" },
  }),
];
