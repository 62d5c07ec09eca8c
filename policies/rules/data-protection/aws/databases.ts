/** Databases are neither public nor lost. */
import { all, holds, isAtLeast, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

const databases = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:docdb/cluster:Cluster",
  "aws:neptune/cluster:Cluster",
];

export const awsDatabasesProtectionRules: readonly Rule[] = [
  {
    id: "aws-rds-forbid-public-access",
    theme: "data-protection",
    description: "No database, broker or warehouse has an address on the internet",
    severity: "critical",
    types: [
      ...databases.slice(0, 1),
      "aws:mq/broker:Broker",
      "aws:redshift/cluster:Cluster",
      "aws:dms/replicationInstance:ReplicationInstance",
    ],
    controls: ["CKV_AWS_17", "CKV_AWS_69", "RDS.2", "Redshift.1", "DMS.1", "AWS-0180", "NIST SP 800-53 SC-7"],
    why: "Everybody may try passwords and flaws on it.",
    fix: "set publiclyAccessible to false",
    check: holds("publiclyAccessible", (one) => one === false || isAbsent(one), "false, absent"),
    example: { violation: "publiclyAccessible: true", fixed: "publiclyAccessible: false" },
  },
  {
    id: "aws-rds-require-recovery",
    theme: "data-protection",
    description: "A database is backed up for a week and can't be deleted by mistake",
    severity: "medium",
    types: databases,
    controls: ["CKV_AWS_133", "CKV_AWS_293", "RDS.8", "RDS.11", "NIST SP 800-53 CP-9"],
    why: "A wrong write or delete can't be undone otherwise.",
    fix: "set backupRetentionPeriod to 7 or more and deletionProtection to true",
    concerns: (view) =>
      isAbsent(view.value("clusterIdentifier")) || !view.resource.type.endsWith(":Instance"),
    check: all(isAtLeast("backupRetentionPeriod", 7), isTrue("deletionProtection")),
    example: {
      violation: "backupRetentionPeriod: 0",
      fixed: "backupRetentionPeriod: 7, deletionProtection: true",
    },
  },
];
