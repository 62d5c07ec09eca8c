/** Streams, brokers, events and what they call. */
import {
  all,
  either,
  holds,
  inDocument,
  isHttps,
  isOneOf,
  isTrue,
  notFalse,
  notLike,
  notTrue,
  present,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent, isNothing, isObject } from "../../../kit/value.ts";

const topicRule = "aws:iot/topicRule:TopicRule";
const kafka = "aws:msk/cluster:Cluster";

export const awsStreamTlsRules: readonly Rule[] = [
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
    controls: ["kafka_cluster_mutual_tls_authentication_enabled", "MSK.3†", "NIST SP 800-53 IA-3"],
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
    controls: ["kafka_connector_in_transit_encryption_enabled", "MSK.3†"],
    fix: 'set kafkaClusterEncryptionInTransit.encryptionType to "TLS"',
    check: isOneOf("kafkaClusterEncryptionInTransit.encryptionType", ["TLS"]),
    example: { violation: 'encryptionType: "PLAINTEXT"', fixed: 'encryptionType: "TLS"' },
  }),
  tlsRule({
    id: "aws-firehose-require-tls-to-endpoints",
    description: "A Firehose stream sends to HTTPS endpoints only",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set httpEndpointConfiguration.url to an https:// address",
    concerns: (view) => !isAbsent(view.value("httpEndpointConfiguration")),
    check: isHttps("httpEndpointConfiguration.url"),
    example: { violation: 'url: "http://sink"', fixed: 'url: "https://sink"' },
  }),
  tlsRule({
    id: "aws-sns-forbid-plain-subscription",
    description: "No topic delivers to a plain HTTP address",
    types: ["aws:sns/topicSubscription:TopicSubscription"],
    controls: ["sns_subscription_not_using_http_endpoints"],
    fix: 'set protocol to "https" and endpoint to an https:// address',
    check: all(
      holds(
        "protocol",
        (protocol) => typeof protocol === "string" && protocol !== "" && protocol.toLowerCase() !== "http",
        "any but http",
      ),
      notLike("endpoint", /^http:/i, "an https:// address"),
    ),
    example: { violation: 'protocol: "http"', fixed: 'protocol: "https"' },
  }),
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
  tlsRule({
    id: "aws-events-require-tls-to-destinations",
    description: "Events are sent to HTTPS addresses only",
    types: ["aws:cloudwatch/eventApiDestination:EventApiDestination"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set invocationEndpoint to an https:// address",
    check: isHttps("invocationEndpoint"),
    example: { violation: 'invocationEndpoint: "http://sink"', fixed: 'invocationEndpoint: "https://sink"' },
  }),
  tlsRule({
    id: "aws-sagemaker-require-tls-between-containers",
    description: "Containers of a monitoring job talk to each other under TLS",
    severity: "medium",
    types: ["aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition"],
    controls: ["CKV_AWS_369", "sagemaker_training_jobs_intercontainer_encryption_enabled"],
    fix: "set networkConfig.enableInterContainerTrafficEncryption to true",
    check: isTrue("networkConfig.enableInterContainerTrafficEncryption"),
    example: {
      violation: "no networkConfig",
      fixed: "networkConfig: { enableInterContainerTrafficEncryption: true }",
    },
  }),
  tlsRule({
    id: "aws-batch-require-tls-and-secrets",
    description: "A batch job mounts file systems under TLS and takes secrets by reference",
    types: ["aws:batch/jobDefinition:JobDefinition"],
    controls: ["CKV_AWS_97", "CKV_AWS_46"],
    why: "A job definition shows its environment to everybody who may describe it, and mounts go over the network.",
    fix: 'in containerProperties set transitEncryption "ENABLED" in every efsVolumeConfiguration, and name secrets in secrets, not in environment',
    concerns: (job) => !isAbsent(job.value("containerProperties")),
    check: inDocument(
      "containerProperties",
      all(
        isOneOf("volumes[]?.efsVolumeConfiguration?.transitEncryption", ["ENABLED"]),
        notLike(
          "environment[]?.name",
          /secret|passw|token|credential|private.?key|api.?key/i,
          "no secret: use secrets",
        ),
        notTrue("privileged"),
      ),
    ),
    example: {
      violation: 'environment: [{ name: "DB_PASSWORD", value }]',
      fixed: 'secrets: [{ name: "DB_PASSWORD", valueFrom: secret.arn }]',
    },
  }),
];
