/** Caches speak TLS. */
import { all, holds, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsElasticacheTlsRules: readonly Rule[] = [
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
];
