/** The key of a log group lets CloudWatch Logs use it. */
import { kmsKeyTypes } from "../../../../kit/own-key-aws.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { admitsLogs } from "../support/admitted-logs.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const controls = ["NIST SP 800-53 SC-28(1)"];

export const awsTargetsLogsKeyRules: readonly Rule[] = [
  {
    id: "aws-logs-require-admitting-key",
    theme: "cmk-at-rest",
    description: "A log group's key lets CloudWatch Logs in for named groups only",
    severity: "medium",
    types: [logGroup],
    reads: [...kmsKeyTypes],
    controls: ["CKV_AWS_158", ...controls],
    why: "Without the context any log group of the account can be opened with the key.",
    fix: "in the key's policy allow logs.<region>.amazonaws.com with the condition ArnLike kms:EncryptionContext:aws:logs:arn",
    concerns: (group, { graph }) => {
      const { found, isOpen } = graph.referred(group.resource, "kmsKeyId", kmsKeyTypes);
      return found.length > 0 || isOpen;
    },
    check: admitsLogs,
    example: {
      violation: 'Principal: { Service: "logs.…" } without condition',
      fixed: 'ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:…:log-group:mine-*" }',
    },
  },
];
