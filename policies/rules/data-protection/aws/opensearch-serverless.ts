/** Serverless collections are reached from named networks. */
import type { Rule } from "../../../kit/rule.ts";
import { isArray, isObject, type Value } from "../../../kit/value.ts";

export const awsOpensearchServerlessProtectionRules: readonly Rule[] = [
  {
    id: "aws-opensearchserverless-forbid-public-access",
    theme: "data-protection",
    description: "No network policy opens a serverless search collection to the internet",
    severity: "high",
    types: ["aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"],
    controls: ["NIST SP 800-53 SC-7"],
    why: "Everybody may try tokens and flaws on a public address.",
    fix: "set AllowFromPublic to false and name SourceVPCEs or SourceServices in every entry of policy",
    concerns: (policy) => policy.value("type") !== "encryption",
    check: (policy) => {
      const { value, check } = policy.document("policy");
      if (check.outcome !== "pass") return [check];
      const entries: readonly Value[] = isArray(value) ? value : [value];
      const isClosed = entries.every((entry) => isObject(entry) && entry["AllowFromPublic"] === false);
      return [
        policy.test("policy", () => entries.length > 0 && isClosed, "AllowFromPublic: false everywhere"),
      ];
    },
    example: { violation: "AllowFromPublic: true", fixed: 'AllowFromPublic: false, SourceVPCEs: ["vpce-…"]' },
  },
];
