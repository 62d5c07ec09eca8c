/** Containers reach file systems over TLS. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsEcsTlsRules: readonly Rule[] = [
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
