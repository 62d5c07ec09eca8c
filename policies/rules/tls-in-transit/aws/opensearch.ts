/** OpenSearch speaks TLS, outwards and between its nodes. */
import { all, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasTls, tlsVersions } from "../../../kit/tls-versions.ts";

export const awsOpensearchTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-opensearch-require-tls",
    description: "A search domain answers HTTPS only, under TLS 1.2 or later",
    types: ["aws:opensearch/domain:Domain"],
    controls: ["CKV_AWS_83", "CKV_AWS_228", "Opensearch.8", "AWS-0046", "AWS-0126"],
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
    controls: ["CKV_AWS_6", "Opensearch.3", "AWS-0043"],
    fix: "set nodeToNodeEncryption.enabled to true",
    check: isTrue("nodeToNodeEncryption.enabled"),
    example: {
      violation: "nodeToNodeEncryption: { enabled: false }",
      fixed: "nodeToNodeEncryption: { enabled: true }",
    },
  }),
];
