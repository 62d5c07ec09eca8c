/** API Gateway speaks new TLS, to clients and to what it calls. */
import { all, isTrue, notLike, notTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasTlsLike } from "../../../kit/tls-versions.ts";
import { isAbsent } from "../../../kit/value.ts";

const gatewayTls = {
  "1.2": /^(TLS_1_2|SecurityPolicy_TLS1[23]_.*)$/,
  "1.3": /^SecurityPolicy_TLS13_1_3_.*$/,
};
const gatewayWords = "TLS_1_2 or a SecurityPolicy_TLS12_…/TLS13_…";

export const awsApigatewayTlsRules: readonly Rule[] = [
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
];
