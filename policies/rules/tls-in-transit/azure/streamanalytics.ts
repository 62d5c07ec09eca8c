/** Stream Analytics reads and writes over TLS. */
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { fail, pass } from "../../../kit/verdict.ts";

export const azureStreamanalyticsTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-streamanalytics-require-tls",
    description: "A streaming job writes to Kafka and web addresses under TLS",
    types: ["azure-native:streamanalytics:StreamingJob", "azure-native:streamanalytics:Output"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: 'set securityProtocol of Kafka data sources to "SaslSsl" or "MutualTls" and use https:// addresses',
    check: (view) => {
      const text = JSON.stringify(view.resource.inputs, (_, value: unknown) =>
        typeof value === "symbol" ? null : value,
      );
      const plain =
        /"securityProtocol":"(\w*Plaintext\w*)"/i.exec(text)?.[1] ?? /"(http:\/\/)/i.exec(text)?.[1];
      return [
        plain === undefined
          ? pass("datasource", "under TLS")
          : fail("datasource", `"${plain}"`, "SaslSsl, MutualTls, https"),
      ];
    },
    example: { violation: 'securityProtocol: "SaslPlaintext"', fixed: 'securityProtocol: "SaslSsl"' },
  }),
];
