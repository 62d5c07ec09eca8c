/** Batch mounts over TLS and takes secrets as secrets. */
import { all, inDocument, isOneOf, notLike, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsBatchTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-batch-require-tls-and-secrets",
    description: "A batch job mounts file systems under TLS and takes secrets by reference",
    types: ["aws:batch/jobDefinition:JobDefinition"],
    controls: ["CKV_AWS_97"],
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
