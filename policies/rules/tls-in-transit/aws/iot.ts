/** Topic rules deliver over TLS. */
import { holds, isHttps } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent, isNothing, isObject } from "../../../kit/value.ts";

const topicRule = "aws:iot/topicRule:TopicRule";

export const awsIotTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-iot-forbid-plain-rule-targets",
    description: "A topic rule calls HTTPS addresses only",
    types: [topicRule],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set url and confirmationUrl of every one of https to an https:// address",
    concerns: (rule) => !isNothing(rule.value("https")) || !isAbsent(rule.value("errorAction.http")),
    check: isHttps(["https[]?.url", "https[]?.confirmationUrl?", "errorAction.http?.url"]),
    example: { violation: 'https: [{ url: "http://sink" }]', fixed: 'https: [{ url: "https://sink" }]' },
  }),
  tlsRule({
    id: "aws-iot-require-kafka-tls",
    description: "A topic rule writes to Kafka under TLS",
    types: [topicRule],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: 'set clientProperties["security.protocol"] of every one of kafkas to "SSL" or "SASL_SSL"',
    concerns: (rule) => !isNothing(rule.value("kafkas")),
    check: holds(
      "kafkas[].clientProperties",
      (properties) =>
        isObject(properties) && ["SSL", "SASL_SSL"].includes(String(properties["security.protocol"])),
      "security.protocol SSL or SASL_SSL",
    ),
    example: { violation: '"security.protocol": "PLAINTEXT"', fixed: '"security.protocol": "SASL_SSL"' },
  }),
];
