/** Kafka speaks TLS, and knows its clients. */
import { all, either, isOneOf, isTrue, notFalse, notTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

const kafka = "aws:msk/cluster:Cluster";

export const awsMskTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-msk-require-tls",
    description: "A Kafka cluster talks TLS only, to clients and between brokers",
    types: [kafka],
    controls: ["CKV_AWS_81", "MSK.1", "AWS-0073"],
    fix: 'set encryptionInfo.encryptionInTransit.clientBroker to "TLS" and leave inCluster true',
    check: all(
      isOneOf("encryptionInfo.encryptionInTransit.clientBroker", ["TLS"]),
      notFalse("encryptionInfo.encryptionInTransit.inCluster"),
    ),
    example: { violation: 'clientBroker: "TLS_PLAINTEXT"', fixed: 'clientBroker: "TLS"' },
  }),
  tlsRule({
    id: "aws-msk-require-client-identity",
    description: "A Kafka cluster knows every client by certificate or credentials",
    types: [kafka],
    controls: ["kafka_cluster_mutual_tls_authentication_enabled", "MSK.6", "NIST SP 800-53 IA-3"],
    why: "Otherwise everybody who reaches the network reads and writes everything.",
    fix: "set clientAuthentication.tls, or clientAuthentication.sasl, and leave unauthenticated false",
    check: all(
      notTrue("clientAuthentication.unauthenticated"),
      either(
        present("clientAuthentication.tls.certificateAuthorityArns"),
        isTrue("clientAuthentication.sasl.iam"),
        isTrue("clientAuthentication.sasl.scram"),
      ),
    ),
    example: {
      violation: "clientAuthentication: { unauthenticated: true }",
      fixed: "clientAuthentication: { sasl: { iam: true } }",
    },
  }),
  tlsRule({
    id: "aws-mskconnect-require-tls",
    description: "A Kafka connector talks TLS to its cluster",
    types: ["aws:mskconnect/connector:Connector"],
    controls: ["kafka_connector_in_transit_encryption_enabled", "MSK.3"],
    fix: 'set kafkaClusterEncryptionInTransit.encryptionType to "TLS"',
    check: isOneOf("kafkaClusterEncryptionInTransit.encryptionType", ["TLS"]),
    example: { violation: 'encryptionType: "PLAINTEXT"', fixed: 'encryptionType: "TLS"' },
  }),
  tlsRule({
    id: "aws-mskconnect-require-client-identity",
    description: "A Kafka connector shows its cluster who it is",
    types: ["aws:mskconnect/connector:Connector"],
    controls: ["NIST SP 800-53 IA-3"],
    why: "A cluster that takes a connector without credentials takes everybody who reaches it.",
    fix: 'set kafkaClusterClientAuthentication.authenticationType to "IAM"',
    check: isOneOf("kafkaClusterClientAuthentication.authenticationType", ["IAM"]),
    example: { violation: 'authenticationType: "NONE"', fixed: 'authenticationType: "IAM"' },
  }),
];
