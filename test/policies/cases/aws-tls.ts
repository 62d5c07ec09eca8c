import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const distribution = "aws:cloudfront/distribution:Distribution";
const listener = "aws:lb/listener:Listener";
const rule = "aws:iot/topicRule:TopicRule";
const plainUrl = ["http://sink", ""];
const job = (container: object) => ({ type: "container", containerProperties: JSON.stringify(container) });

export const awsEndpointCases: RuleCases = {
  "aws-provider-check-certificates": {
    compliant: [resource("pulumi:providers:aws", { region: "eu-central-1" })],
    violating: [
      resource("pulumi:providers:aws", { insecure: true }),
      resource("pulumi:providers:aws", { insecure: "true" }),
    ],
    absent: "is right",
    unknown: [resource("pulumi:providers:aws", { insecure: notKnownYet })],
  },
  "aws-opensearch-require-tls": weakened({
    token: "aws:opensearch/domain:Domain",
    inputs: {
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
    },
    weak: {
      "domainEndpointOptions.enforceHttps": [false],
      "domainEndpointOptions.tlsSecurityPolicy": ["Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-2"],
    },
  }),
  "aws-opensearch-require-tls-between-nodes": weakened({
    token: "aws:opensearch/domain:Domain",
    inputs: { nodeToNodeEncryption: { enabled: true } },
    weak: { "nodeToNodeEncryption.enabled": [false] },
  }),
  "aws-apigateway-require-tls": weakened({
    token: "aws:apigateway/domainName:DomainName",
    inputs: { securityPolicy: "TLS_1_2" },
    weak: { securityPolicy: ["TLS_1_0", "TLS_1_20"] },
  }),
  "aws-apigatewayv2-require-tls": weakened({
    token: "aws:apigatewayv2/domainName:DomainName",
    inputs: { domainNameConfiguration: { securityPolicy: "TLS_1_2" } },
    weak: { "domainNameConfiguration.securityPolicy": ["TLS_1_0"] },
  }),
  "aws-apigateway-require-backend-tls": weakened({
    token: "aws:apigateway/integration:Integration",
    inputs: { type: "HTTP_PROXY", uri: "https://backend" },
    optional: { uri: ["http://backend", "HTTP://backend"] },
    alsoWrong: [{ type: "HTTP", uri: "https://backend", tlsConfig: { insecureSkipVerification: true } }],
  }),
  "aws-apigatewayv2-require-backend-tls": weakened({
    token: "aws:apigatewayv2/integration:Integration",
    inputs: { integrationUri: "https://backend" },
    optional: { integrationUri: ["http://backend"] },
  }),
  "aws-apigateway-require-client-certificate": weakened(
    {
      token: "aws:apigateway/stage:Stage",
      inputs: { clientCertificateId: "c-1" },
      weak: { clientCertificateId: [""] },
    },
    { unknown: "is right" },
  ),
  "aws-apigateway-encrypt-cache": weakened({
    token: "aws:apigateway/methodSettings:MethodSettings",
    inputs: { settings: { cachingEnabled: true, cacheDataEncrypted: true } },
    weak: { "settings.cacheDataEncrypted": [false] },
  }),
  "aws-cloudfront-require-viewer-tls": weakened({
    token: distribution,
    inputs: {
      defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
      orderedCacheBehaviors: [{ viewerProtocolPolicy: "https-only" }, { viewerProtocolPolicy: "https-only" }],
    },
    weak: {
      "defaultCacheBehavior.viewerProtocolPolicy": ["allow-all"],
      "orderedCacheBehaviors[1].viewerProtocolPolicy": ["allow-all"],
    },
  }),
  "aws-cloudfront-require-tls-version": weakened({
    token: distribution,
    inputs: {
      viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021", acmCertificateArn: "arn:aws:acm:x" },
    },
    weak: { "viewerCertificate.minimumProtocolVersion": ["TLSv1", "TLSv1.1_2016", "TLSv1.2_2018", "SSLv3"] },
    alsoWrong: [
      { viewerCertificate: { cloudfrontDefaultCertificate: true, minimumProtocolVersion: "TLSv1.2_2021" } },
    ],
  }),
  "aws-cloudfront-require-origin-tls": weakened({
    token: distribution,
    inputs: {
      origins: [
        { domainName: "bucket.s3.amazonaws.com" },
        { customOriginConfig: { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] } },
      ],
    },
    weak: {
      "origins[1].customOriginConfig.originProtocolPolicy": ["match-viewer", "http-only"],
      "origins[1].customOriginConfig.originSslProtocols": [["TLSv1", "TLSv1.2"], ["SSLv3"], []],
    },
  }),
  "aws-cloudfront-require-origin-access": weakened(
    {
      token: distribution,
      inputs: {
        origins: [
          { domainName: "bucket.s3.amazonaws.com", originAccessControlId: "control" },
          { domainName: "api.example.com", customOriginConfig: { originProtocolPolicy: "https-only" } },
        ],
      },
      weak: { "origins[0].originAccessControlId": [""] },
      alsoRight: [{ origins: [{ domainName: "b", s3OriginConfig: { originAccessIdentity: "i" } }] }],
      alsoWrong: [{ origins: [{ domainName: "b", s3OriginConfig: { originAccessIdentity: "" } }] }],
    },
    { unknown: "is right" },
  ),
  "aws-lb-require-tls": weakened({
    token: listener,
    inputs: { protocol: "TLS", port: 8883, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
    weak: {
      protocol: ["TCP", "HTTP"],
      sslPolicy: ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-1-2021-06"],
    },
    alsoRight: [
      {
        protocol: "HTTP",
        port: 80,
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }],
      },
    ],
    alsoWrong: [{ protocol: "HTTP", port: 80, defaultActions: [{ type: "forward" }] }],
  }),
  "aws-lb-require-tls-to-targets": weakened({
    token: "aws:lb/targetGroup:TargetGroup",
    inputs: { protocol: "HTTPS" },
    weak: { protocol: ["HTTP", "TCP"] },
  }),
  "aws-elasticache-require-tls": weakened({
    token: "aws:elasticache/replicationGroup:ReplicationGroup",
    inputs: { transitEncryptionEnabled: true },
    weak: { transitEncryptionEnabled: [false] },
    alsoWrong: [{ transitEncryptionEnabled: true, transitEncryptionMode: "preferred" }],
  }),
  "aws-ecs-require-tls-to-file-systems": weakened({
    token: "aws:ecs/taskDefinition:TaskDefinition",
    inputs: {
      volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs", transitEncryption: "ENABLED" } }],
    },
    weak: { "volumes[0].efsVolumeConfiguration.transitEncryption": ["DISABLED"] },
  }),
};

export const awsStreamTlsCases: RuleCases = {
  "aws-msk-require-tls": weakened({
    token: "aws:msk/cluster:Cluster",
    inputs: { encryptionInfo: { encryptionInTransit: { clientBroker: "TLS" } } },
    weak: { "encryptionInfo.encryptionInTransit.clientBroker": ["TLS_PLAINTEXT", "PLAINTEXT"] },
    alsoWrong: [{ encryptionInfo: { encryptionInTransit: { clientBroker: "TLS", inCluster: false } } }],
  }),
  "aws-msk-require-client-identity": weakened({
    token: "aws:msk/cluster:Cluster",
    inputs: { clientAuthentication: { sasl: { iam: true } } },
    weak: { "clientAuthentication.sasl.iam": [false] },
    alsoRight: [{ clientAuthentication: { tls: { certificateAuthorityArns: ["arn:aws:acm-pca:x"] } } }],
    alsoWrong: [{ clientAuthentication: { unauthenticated: true, sasl: { iam: true } } }],
  }),
  "aws-mskconnect-require-tls": weakened({
    token: "aws:mskconnect/connector:Connector",
    inputs: { kafkaClusterEncryptionInTransit: { encryptionType: "TLS" } },
    weak: { "kafkaClusterEncryptionInTransit.encryptionType": ["PLAINTEXT"] },
  }),
  "aws-mskconnect-require-client-identity": weakened({
    token: "aws:mskconnect/connector:Connector",
    inputs: { kafkaClusterClientAuthentication: { authenticationType: "IAM" } },
    weak: { "kafkaClusterClientAuthentication.authenticationType": ["NONE"] },
  }),
  "aws-firehose-require-tls-to-endpoints": weakened({
    token: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    inputs: { httpEndpointConfiguration: { name: "sink", url: "https://sink" } },
    weak: { "httpEndpointConfiguration.url": plainUrl },
  }),
  "aws-sns-forbid-plain-subscription": weakened({
    token: "aws:sns/topicSubscription:TopicSubscription",
    inputs: { protocol: "https", endpoint: "https://sink" },
    weak: { protocol: ["http", "HTTP"] },
    alsoWrong: [{ protocol: "https", endpoint: "http://sink" }],
  }),
  "aws-sns-forbid-old-signatures": weakened(
    { token: "aws:sns/topic:Topic", inputs: { signatureVersion: 2 }, weak: { signatureVersion: [0, 1] } },
    { absent: "is right" },
  ),
  "aws-iot-forbid-plain-rule-targets": weakened({
    token: rule,
    inputs: { https: [{ url: "https://sink" }, { url: "https://sink/2" }] },
    weak: { "https[0].url": plainUrl, "https[1].url": plainUrl },
    alsoWrong: [{ errorAction: { http: { url: "http://sink" } } }],
  }),
  "aws-iot-require-kafka-tls": weakened({
    token: rule,
    inputs: { kafkas: [{ topic: "t", clientProperties: { "security.protocol": "SASL_SSL" } }] },
    weak: {
      "kafkas[0].clientProperties": [
        { "security.protocol": "PLAINTEXT" },
        { "security.protocol": "SASL_PLAINTEXT" },
      ],
    },
  }),
  "aws-glue-require-connection-tls": weakened({
    token: "aws:glue/connection:Connection",
    inputs: { connectionType: "JDBC", connectionProperties: { JDBC_ENFORCE_SSL: "true" } },
    weak: { "connectionProperties.JDBC_ENFORCE_SSL": ["false"] },
    alsoRight: [{ connectionType: "KAFKA", connectionProperties: { KAFKA_SSL_ENABLED: "true" } }],
    alsoWrong: [{ connectionType: "KAFKA", connectionProperties: { KAFKA_SSL_ENABLED: "false" } }],
  }),
  "aws-events-require-tls-to-destinations": weakened({
    token: "aws:cloudwatch/eventApiDestination:EventApiDestination",
    inputs: { invocationEndpoint: "https://sink" },
    weak: { invocationEndpoint: plainUrl },
  }),
  "aws-sagemaker-require-tls-between-containers": weakened({
    token: "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    inputs: { networkConfig: { enableInterContainerTrafficEncryption: true } },
    weak: { "networkConfig.enableInterContainerTrafficEncryption": [false] },
  }),
  "aws-batch-require-tls-and-secrets": weakened(
    {
      token: "aws:batch/jobDefinition:JobDefinition",
      inputs: job({ image: "i", secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:secretsmanager:x" }] }),
      weak: {},
      optional: {},
      alsoRight: [job({ volumes: [{ efsVolumeConfiguration: { transitEncryption: "ENABLED" } }] })],
      alsoWrong: [
        job({ volumes: [{ efsVolumeConfiguration: { fileSystemId: "fs" } }] }),
        job({ environment: [{ name: "DB_PASSWORD", value: "x" }] }),
        job({ privileged: true }),
      ],
    },
    { unknown: [resource("aws:batch/jobDefinition:JobDefinition", { containerProperties: notKnownYet })] },
  ),
};
