/** What a Batch job logs and spills lies where a rule sees it. */
import { awsKeyRule } from "../../../../kit/key-rule.ts";
import { inDocument, isTrue, refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isAbsent, isNothing } from "../../../../kit/value.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";

export const awsTargetsBatchKeyRules: readonly Rule[] = [
  {
    id: "aws-batch-require-own-log-group",
    theme: "cmk-at-rest",
    description: "A Batch job logs to a group of the stack, whose key is judged",
    severity: "medium",
    types: ["aws:batch/jobDefinition:JobDefinition"],
    reads: [logGroup],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "Batch writes to /aws/batch/job, without key and without end, where no group is named.",
    fix: 'in containerProperties set logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": group.name } } with an aws.cloudwatch.LogGroup of the stack',
    concerns: (job) => !isAbsent(job.value("containerProperties")),
    check: inDocument(
      "containerProperties",
      refersTo("logConfiguration.options.awslogs-group", [logGroup], "a log group of this stack"),
    ),
    example: {
      violation: "no logConfiguration",
      fixed: 'logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": group.name } }',
    },
  },
  awsKeyRule({
    id: "aws-ec2-require-customer-key-on-templates",
    what: "Every disk of machines that a launch template makes",
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    property: "blockDeviceMappings[].ebs?.kmsKeyId",
    controls: ["CKV_AWS_3", "EC2.181"],
    platformDefault: "disks lie plain, or under the key that AWS manages for EBS",
    concerns: (template) => !isNothing(template.value("blockDeviceMappings")),
    beside: isTrue("blockDeviceMappings[].ebs?.encrypted"),
    besideFix: "blockDeviceMappings[].ebs.encrypted to true and",
  }),
];
