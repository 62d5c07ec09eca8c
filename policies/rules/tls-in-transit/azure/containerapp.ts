/** Container apps speak TLS only. */
import { isOneOfAnyCase, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent } from "../../../kit/value.ts";

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
  tlsRule({
    id: "azure-containerapp-require-safe-client-certificates",
    description: "A container app that asks for client certificates insists on them",
    types: ["azure-native:app:ContainerApp"],
    controls: ["NIST SP 800-53 IA-3"],
    why: "An optional certificate proves nothing.",
    fix: 'set configuration.ingress.clientCertificateMode to "require"',
    concerns: (app) => !isAbsent(app.value("configuration.ingress.clientCertificateMode")),
    check: isOneOfAnyCase("configuration.ingress.clientCertificateMode", ["require"]),
    example: { violation: 'clientCertificateMode: "accept"', fixed: 'clientCertificateMode: "require"' },
  }),
];
