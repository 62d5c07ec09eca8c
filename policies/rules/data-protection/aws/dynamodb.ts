/** Tables can be set back, and not deleted by mistake. */
import { all, holds, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

const table = "aws:dynamodb/table:Table";

export const awsDynamodbProtectionRules: readonly Rule[] = [
  {
    id: "aws-dynamodb-require-recovery",
    theme: "data-protection",
    description: "A table can be set back to any moment of at least a week",
    severity: "medium",
    types: [table],
    controls: ["CKV_AWS_28", "DynamoDB.2", "AWS-0024", "NIST SP 800-53 CP-9"],
    why: "A wrong write can't be undone otherwise.",
    fix: "set pointInTimeRecovery.enabled to true and leave recoveryPeriodInDays out or at 7 or more",
    check: all(
      isTrue("pointInTimeRecovery.enabled"),
      holds(
        "pointInTimeRecovery.recoveryPeriodInDays",
        (days) => isAbsent(days) || Number(days) >= 7,
        "7 or more, absent",
      ),
    ),
    remediate: (inputs) =>
      inputs["pointInTimeRecovery"] === undefined ? { pointInTimeRecovery: { enabled: true } } : null,
    example: {
      violation: "pointInTimeRecovery: { enabled: false }",
      fixed: "pointInTimeRecovery: { enabled: true }",
    },
  },
  {
    id: "aws-dynamodb-require-recovery-of-replicas",
    theme: "data-protection",
    description: "A table's copy in another region can be set back as well",
    severity: "medium",
    types: ["aws:dynamodb/tableReplica:TableReplica"],
    controls: ["DynamoDB.2", "NIST SP 800-53 CP-9"],
    why: "A wrong write is copied too, and the copy is what is left when a region fails.",
    fix: "set pointInTimeRecovery to true",
    check: isTrue("pointInTimeRecovery"),
    example: { violation: "no pointInTimeRecovery", fixed: "pointInTimeRecovery: true" },
  },
  {
    id: "aws-dynamodb-require-deletion-protection",
    theme: "data-protection",
    description: "A table can't be deleted by mistake",
    severity: "medium",
    types: [table],
    controls: ["DynamoDB.6", "NIST SP 800-53 CP-9"],
    why: "One command would take all rows with it.",
    fix: "set deletionProtectionEnabled to true; in a Fieldlake stack set fieldlake:protect",
    concerns: (view, context) => !context.isUnprotected(view.resource),
    check: isTrue("deletionProtectionEnabled"),
    example: { violation: "deletionProtectionEnabled: false", fixed: "deletionProtectionEnabled: true" },
  },
];
