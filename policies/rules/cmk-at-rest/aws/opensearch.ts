/** OpenSearch: domains and collections lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, hasOwnKey, inDocument, isTrue, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

const domain = "aws:opensearch/domain:Domain";

export const awsOpensearchKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-opensearch-require-customer-key",
    what: "A search domain",
    types: [domain],
    property: "encryptAtRest.kmsKeyId",
    controls: ["CKV_AWS_5", "CKV_AWS_247", "Opensearch.1", "ES.1", "AWS-0048"],
    platformDefault: "indexes lie plain, or under the key that AWS manages for the service",
    beside: isTrue("encryptAtRest.enabled"),
    besideFix: "encryptAtRest.enabled to true and",
    example: {
      violation: "encryptAtRest: { enabled: true }",
      fixed: "encryptAtRest: { enabled: true, kmsKeyId: key.arn }",
    },
  }),
  awsKeyRule({
    id: "aws-opensearchserverless-require-customer-key",
    what: "A serverless search collection",
    types: ["aws:opensearch/serverlessCollection:ServerlessCollection"],
    property: "encryptionConfigs[]?.kmsKeyArn",
    controls: [],
    platformDefault: "indexes lie under a key that AWS owns",
    concerns: (view) => !isNothing(view.value("encryptionConfigs")),
    beside: notTrue("encryptionConfigs[]?.awsOwnedKey"),
  }),
  {
    ...awsKeyRule({
      id: "aws-opensearchserverless-require-customer-key-by-policy",
      what: "What a serverless encryption policy covers",
      types: ["aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"],
      property: "policy",
      controls: [],
      platformDefault: "collections lie under a key that AWS owns",
      concerns: (policy) => policy.value("type") !== "network",
      example: { violation: "AWSOwnedKey: true", fixed: "AWSOwnedKey: false, KmsARN: key.arn" },
    }),
    fix: "set AWSOwnedKey to false and KmsARN to the arn of an aws.kms.Key of the stack in policy",
    check: inDocument("policy", all(notTrue("AWSOwnedKey"), hasOwnKey("KmsARN"))),
  },
];
