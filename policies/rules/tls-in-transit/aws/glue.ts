/** Glue connects over TLS. */
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const awsGlueTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-glue-require-connection-tls",
    description: "A Glue connection reaches databases and Kafka under TLS",
    types: ["aws:glue/connection:Connection"],
    controls: ["glue_database_connections_ssl_enabled"],
    fix: 'set connectionProperties.JDBC_ENFORCE_SSL, or KAFKA_SSL_ENABLED, to "true"',
    concerns: (view) => ["", "JDBC", "KAFKA"].includes(String(view.value("connectionType") ?? "")),
    check: (view, context) =>
      isTrue(
        view.value("connectionType") === "KAFKA"
          ? "connectionProperties.KAFKA_SSL_ENABLED"
          : "connectionProperties.JDBC_ENFORCE_SSL",
      )(view, context),
    example: { violation: 'JDBC_ENFORCE_SSL: "false"', fixed: 'JDBC_ENFORCE_SSL: "true"' },
  }),
];
