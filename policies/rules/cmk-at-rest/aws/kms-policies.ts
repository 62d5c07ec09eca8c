/** The customer's keys have a policy of their own, which lets nobody in but by name. */
import { frozenReferences } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { pass, undetermined } from "../../../kit/verdict.ts";
import { noOpenStatement } from "./support/open-statement.ts";

const keyType = "aws:kms/key:Key";
const keyPolicyType = "aws:kms/keyPolicy:KeyPolicy";
const keysWithPolicies = [keyType, "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey"];

export const awsKmsPoliciesKeyRules: readonly Rule[] = [
  {
    id: "aws-kms-forbid-public-use",
    theme: "cmk-at-rest",
    description: "No key's policy lets everybody use it",
    severity: "critical",
    types: [...keysWithPolicies, keyPolicyType],
    controls: ["CKV_AWS_33", "KMS.5", "kms_key_not_publicly_accessible", "NIST SP 800-53 AC-3"],
    why: "A key that anybody may use protects nothing.",
    fix: "name the principals of every Allow statement, or bind it by kms:CallerAccount or kms:ViaService",
    concerns: (view) => view.resource.type === keyPolicyType || view.value("policy") !== undefined,
    check: (view) => noOpenStatement(view, "policy"),
    example: {
      violation: 'Principal: "*"',
      fixed: 'Principal: { AWS: "arn:aws:iam::123456789012:role/decoder" }',
    },
  },
  {
    id: "aws-kms-require-own-policy",
    theme: "cmk-at-rest",
    description: "Every key says itself who may use and who may administer it",
    severity: "medium",
    types: keysWithPolicies,
    reads: [keyPolicyType],
    controls: ["CKV2_AWS_64", "NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"],
    why: "The default policy leaves the key to whatever any IAM policy of the account says.",
    fix: "set policy, or add an aws.kms.KeyPolicy",
    check: (key, context) => {
      const { found, isOpen } = context.graph.referring(key.resource, [keyPolicyType], "keyId");
      const frozen = frozenReferences(found, "keyId");
      if (frozen.length > 0) return frozen;
      if (found.length > 0) return [pass("policy", "an aws.kms.KeyPolicy")];
      return isOpen && key.value("policy") === undefined ? [undetermined("policy")] : [key.present("policy")];
    },
    example: { violation: "new aws.kms.Key(name, {})", fixed: "new aws.kms.Key(name, { policy })" },
  },
];
