/** What browsers, applications and clients connect to. */
import { all, either, holds, isOneOf, isTrue, notLike, notTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasTls, hasTlsLike, tlsVersions } from "../../../kit/tls-versions.ts";
import { isAbsent, isArray, isNothing } from "../../../kit/value.ts";

const cloudfront = ["aws:cloudfront/distribution:Distribution"];
const gatewayTls = {
  "1.2": /^(TLS_1_2|SecurityPolicy_TLS1[23]_.*)$/,
  "1.3": /^SecurityPolicy_TLS13_1_3_.*$/,
};
const gatewayWords = "TLS_1_2 or a SecurityPolicy_TLS12_…/TLS13_…";
/** 2016-08 and the like still offer TLS 1.0. */
const loadBalancerTls = { "1.2": /^ELBSecurityPolicy-TLS13-1-[23]-/, "1.3": /^ELBSecurityPolicy-TLS13-1-3-/ };
const encryptedProtocols = ["HTTPS", "TLS"];

export const awsEndpointRules: readonly Rule[] = [
  tlsRule({
    id: "aws-provider-check-certificates",
    description: "The provider itself checks whom it talks to",
    types: ["pulumi:providers:aws"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "leave insecure false",
    check: notTrue("insecure"),
    example: { violation: "insecure: true", fixed: "insecure: false" },
  }),
  tlsRule({
    id: "aws-opensearch-require-tls",
    description: "A search domain answers HTTPS only, under TLS 1.2 or later",
    types: ["aws:opensearch/domain:Domain"],
    controls: ["CKV_AWS_83", "CKV_AWS_228", "OpenSearch.8", "AWS-0046", "AWS-0126"],
    fix: 'set domainEndpointOptions.enforceHttps to true and tlsSecurityPolicy to "Policy-Min-TLS-1-2-PFS-2023-10"',
    check: all(
      isTrue("domainEndpointOptions.enforceHttps"),
      hasTls("domainEndpointOptions.tlsSecurityPolicy", tlsVersions.opensearch),
    ),
    example: { violation: "enforceHttps: false", fixed: "enforceHttps: true" },
  }),
  tlsRule({
    id: "aws-opensearch-require-tls-between-nodes",
    description: "Nodes of a search domain talk to each other under TLS",
    types: ["aws:opensearch/domain:Domain"],
    controls: ["CKV_AWS_6", "OpenSearch.3", "AWS-0043"],
    fix: "set nodeToNodeEncryption.enabled to true",
    check: isTrue("nodeToNodeEncryption.enabled"),
    example: {
      violation: "nodeToNodeEncryption: { enabled: false }",
      fixed: "nodeToNodeEncryption: { enabled: true }",
    },
  }),
  tlsRule({
    id: "aws-apigateway-require-tls",
    description: "A domain of an API answers under TLS 1.2 or later",
    types: ["aws:apigateway/domainName:DomainName"],
    controls: ["CKV_AWS_206", "AWS-0005"],
    fix: 'set securityPolicy to "TLS_1_2"',
    check: hasTlsLike("securityPolicy", gatewayTls, gatewayWords),
    example: { violation: 'securityPolicy: "TLS_1_0"', fixed: 'securityPolicy: "TLS_1_2"' },
  }),
  tlsRule({
    id: "aws-apigatewayv2-require-tls",
    description: "A domain of an HTTP or WebSocket API answers under TLS 1.2 or later",
    types: ["aws:apigatewayv2/domainName:DomainName"],
    controls: ["CKV_AWS_206", "AWS-0005"],
    fix: 'set domainNameConfiguration.securityPolicy to "TLS_1_2"',
    check: hasTlsLike("domainNameConfiguration.securityPolicy", gatewayTls, gatewayWords),
    example: { violation: 'securityPolicy: "TLS_1_0"', fixed: 'securityPolicy: "TLS_1_2"' },
  }),
  tlsRule({
    id: "aws-apigateway-require-backend-tls",
    description: "An API reaches its backends by HTTPS, and checks whom it reached",
    types: ["aws:apigateway/integration:Integration"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set uri to an https:// address and leave tlsConfig.insecureSkipVerification out",
    concerns: (view) => /^HTTP/.test(String(view.value("type"))) || !isAbsent(view.value("uri")),
    check: all(
      notLike("uri", /^http:/i, "an https:// address"),
      notTrue("tlsConfig.insecureSkipVerification"),
    ),
    example: { violation: 'uri: "http://backend"', fixed: 'uri: "https://backend"' },
  }),
  tlsRule({
    id: "aws-apigatewayv2-require-backend-tls",
    description: "An HTTP or WebSocket API reaches its backends by HTTPS",
    types: ["aws:apigatewayv2/integration:Integration"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set integrationUri to an https:// address",
    check: notLike("integrationUri", /^http:/i, "an https:// address"),
    example: { violation: 'integrationUri: "http://backend"', fixed: 'integrationUri: "https://backend"' },
  }),
  tlsRule({
    id: "aws-apigateway-require-client-certificate",
    description: "An API shows its backends a certificate",
    severity: "low",
    types: ["aws:apigateway/stage:Stage"],
    controls: ["CKV2_AWS_51", "APIGateway.2"],
    why: "Otherwise the backend can't tell the API from anybody who found its address.",
    fix: "set clientCertificateId to an aws.apigateway.ClientCertificate",
    check: present("clientCertificateId"),
    example: { violation: "no clientCertificateId", fixed: "clientCertificateId: certificate.id" },
  }),
  tlsRule({
    id: "aws-apigateway-encrypt-cache",
    description: "What an API caches is encrypted",
    types: ["aws:apigateway/methodSettings:MethodSettings"],
    controls: ["CKV_AWS_308", "APIGateway.5", "AWS-0002"],
    why: "Answers lie in the cache as plain text.",
    fix: "set settings.cacheDataEncrypted to true",
    concerns: (view) =>
      view.value("settings.cachingEnabled") !== false && !isAbsent(view.value("settings.cachingEnabled")),
    check: isTrue("settings.cacheDataEncrypted"),
    example: { violation: "cachingEnabled: true", fixed: "cachingEnabled: true, cacheDataEncrypted: true" },
  }),
  tlsRule({
    id: "aws-cloudfront-require-viewer-tls",
    description: "A distribution answers HTTPS, or sends to it, for every path",
    types: cloudfront,
    controls: ["CKV_AWS_34", "CloudFront.3", "AWS-0012"],
    fix: 'set viewerProtocolPolicy of defaultCacheBehavior and of every one of orderedCacheBehaviors to "redirect-to-https" or "https-only"',
    check: isOneOf(
      ["defaultCacheBehavior.viewerProtocolPolicy", "orderedCacheBehaviors[]?.viewerProtocolPolicy"],
      ["https-only", "redirect-to-https"],
    ),
    example: {
      violation: 'viewerProtocolPolicy: "allow-all"',
      fixed: 'viewerProtocolPolicy: "redirect-to-https"',
    },
  }),
  tlsRule({
    id: "aws-cloudfront-require-tls-version",
    description: "A distribution has a certificate of its own and answers under TLS 1.2 or later",
    types: cloudfront,
    controls: ["CKV_AWS_174", "CKV2_AWS_42", "CloudFront.7", "CloudFront.15", "AWS-0013"],
    fix: 'set viewerCertificate.acmCertificateArn and .minimumProtocolVersion "TLSv1.2_2021" or later',
    check: all(
      hasTls("viewerCertificate.minimumProtocolVersion", tlsVersions.cloudfront),
      notTrue("viewerCertificate.cloudfrontDefaultCertificate"),
    ),
    example: {
      violation: "viewerCertificate: { cloudfrontDefaultCertificate: true }",
      fixed: 'viewerCertificate: { acmCertificateArn, minimumProtocolVersion: "TLSv1.2_2021" }',
    },
  }),
  tlsRule({
    id: "aws-cloudfront-require-origin-tls",
    description: "A distribution reaches its origins by HTTPS under TLS 1.2 only",
    types: cloudfront,
    controls: ["CKV2_AWS_54", "CKV2_AWS_72", "CloudFront.9", "CloudFront.10"],
    fix: 'set originProtocolPolicy to "https-only" and originSslProtocols to ["TLSv1.2"] in customOriginConfig of every origin',
    check: all(
      isOneOf("origins[].customOriginConfig?.originProtocolPolicy", ["https-only"]),
      holds(
        "origins[].customOriginConfig?.originSslProtocols",
        (versions) => isArray(versions) && versions.length > 0 && versions.every((one) => one === "TLSv1.2"),
        '["TLSv1.2"]',
      ),
    ),
    example: {
      violation: 'originProtocolPolicy: "match-viewer"',
      fixed: 'originProtocolPolicy: "https-only"',
    },
  }),
  tlsRule({
    id: "aws-lb-require-tls",
    description: "A load balancer listens under TLS 1.2 or later, or only sends to HTTPS",
    types: ["aws:lb/listener:Listener"],
    controls: ["CKV_AWS_2", "CKV_AWS_103", "CKV2_AWS_20", "CKV2_AWS_74", "ELB.1", "ELB.2", "AWS-0047"],
    fix: 'set protocol to "HTTPS" or "TLS" (MQTT: port 8883) with sslPolicy "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" or later, or let the only action of port 80 redirect to HTTPS',
    check: either(
      all(
        isOneOf("protocol", encryptedProtocols),
        hasTlsLike("sslPolicy", loadBalancerTls, "ELBSecurityPolicy-TLS13-1-2-… or later"),
      ),
      all(
        isOneOf("protocol", ["HTTP"]),
        isOneOf("defaultActions[].type", ["redirect"]),
        isOneOf("defaultActions[].redirect.protocol", ["HTTPS"]),
      ),
    ),
    example: {
      violation: 'protocol: "TCP", port: 1883',
      fixed: 'protocol: "TLS", port: 8883, sslPolicy, certificateArn',
    },
  }),
  tlsRule({
    id: "aws-lb-require-tls-to-targets",
    description: "A load balancer reaches its targets under TLS",
    severity: "medium",
    types: ["aws:lb/targetGroup:TargetGroup"],
    controls: ["CKV_AWS_378", "NIST SP 800-53 SC-8(1)"],
    fix: 'set protocol to "HTTPS" or "TLS"',
    concerns: (group) => !["lambda", "alb"].includes(String(group.value("targetType"))),
    check: isOneOf("protocol", encryptedProtocols),
    example: { violation: 'protocol: "HTTP"', fixed: 'protocol: "HTTPS"' },
  }),
  tlsRule({
    id: "aws-elasticache-require-tls",
    description: "A cache talks TLS only",
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    controls: ["CKV_AWS_30", "AWS-0051"],
    fix: 'set transitEncryptionEnabled to true and leave transitEncryptionMode "required"',
    check: all(
      isTrue("transitEncryptionEnabled"),
      holds("transitEncryptionMode", (mode) => isAbsent(mode) || mode === "required", "required, absent"),
    ),
    example: { violation: "transitEncryptionEnabled: false", fixed: "transitEncryptionEnabled: true" },
  }),
  tlsRule({
    id: "aws-ecs-require-tls-to-file-systems",
    description: "Containers of a job that mount a shared file system do so under TLS",
    types: ["aws:ecs/taskDefinition:TaskDefinition"],
    controls: ["CKV_AWS_97", "AWS-0036"],
    fix: 'set efsVolumeConfiguration.transitEncryption of every volume to "ENABLED"',
    concerns: (task) => !isNothing(task.value("volumes")),
    check: isOneOf("volumes[].efsVolumeConfiguration?.transitEncryption", ["ENABLED"]),
    example: { violation: "efsVolumeConfiguration: { fileSystemId }", fixed: 'transitEncryption: "ENABLED"' },
  }),
];
