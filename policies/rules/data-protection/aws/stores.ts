/** Tables, databases, logs, queues, brokers, disks: not public, not lost. */
import { all, everywhere, holds, isAtLeast, isOneOf, isTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, listed, shown, unknown, type Value } from "../../../kit/value.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import type { Context } from "../../../kit/context.ts";

const table = "aws:dynamodb/table:Table";
const databases = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:docdb/cluster:Cluster",
  "aws:neptune/cluster:Cluster",
];
const everywhereOnEarth = (block: Value): boolean => block === "0.0.0.0/0" || block === "::/0";
/** HTTPS and MQTT over TLS; 80 only to be sent to HTTPS. */
const openPorts = [80, 443, 8443, 8883];
/** Days; seconds. */
const shortestLog = 30;
const longestDeadLetter = 1_209_600;
const isOurs = (view: View, context: Context): boolean => context.isOurs(view.resource);

/** Ingress from everywhere, given as a rule of its own or within a group. */
function opens(rule: View, blocks: readonly string[]): Check {
  const property = rule.path("fromPort");
  const values = listed(...blocks.map((path) => rule.value(path)));
  const [from, to]: [Value, Value] = [rule.value("fromPort"), rule.value("toPort")];
  const allowed = `ports ${openPorts.join(", ")}, or named networks`;
  if (from === to && openPorts.some((port) => port === from)) return rule.test("fromPort", () => true);
  if (!values.some(everywhereOnEarth))
    return values.includes(unknown) ? undetermined(property) : pass(property, "for named networks");
  if (from === unknown || to === unknown) return undetermined(property);
  return fail(property, `${shown(from)} to ${shown(to)} for everybody`, allowed);
}

const ingress = (
  types: string,
  place: string,
  blocks: readonly string[],
  only: (view: View) => boolean,
): Rule => ({
  id: `aws-ec2-forbid-open-${types}`,
  theme: "data-protection",
  description: "Nothing but HTTPS and MQTT over TLS is open to the whole internet",
  severity: "high",
  types: [
    types === "group"
      ? "aws:ec2/securityGroup:SecurityGroup"
      : types === "rule"
        ? "aws:ec2/securityGroupRule:SecurityGroupRule"
        : "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ],
  controls: [
    "CKV_AWS_24",
    "CKV_AWS_25",
    "CKV_AWS_260",
    "EC2.13",
    "EC2.18",
    "AWS-0107",
    "NIST SP 800-53 SC-7",
  ],
  why: "Databases, brokers and consoles that everybody reaches are tried by everybody.",
  fix: `name the networks in ${blocks.join(", ")}, or let load balancers and private endpoints in only`,
  concerns: only,
  check: everywhere(place, (view, path) => opens(path === "" ? view : view.part(path), blocks)),
  example: {
    violation: 'fromPort: 1883, cidrBlocks: ["0.0.0.0/0"]',
    fixed: 'fromPort: 8883, toPort: 8883, cidrBlocks: ["0.0.0.0/0"]',
  },
});

export const awsStoreProtectionRules: readonly Rule[] = [
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
    controls: ["CKV_AWS_17", "CKV_AWS_69", "RDS.2", "AWS-0180", "NIST SP 800-53 SC-7"],
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
  {
    id: "aws-msk-forbid-public-access",
    theme: "data-protection",
    description: "No Kafka cluster has addresses on the internet",
    severity: "critical",
    types: ["aws:msk/cluster:Cluster"],
    controls: ["MSK.4", "NIST SP 800-53 SC-7"],
    why: "Everybody may try credentials and flaws on it.",
    fix: 'leave brokerNodeGroupInfo.connectivityInfo.publicAccess out, or set its type to "DISABLED"',
    check: holds(
      "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
      (one) => isAbsent(one) || one === "DISABLED",
      "DISABLED, absent",
    ),
    example: {
      violation: 'publicAccess: { type: "SERVICE_PROVIDED_EIPS" }',
      fixed: 'publicAccess: { type: "DISABLED" }',
    },
  },
  {
    id: "aws-logs-keep-long-enough",
    theme: "data-protection",
    description: `Logs of Fieldlake are kept for ${shortestLog} days at least, and not for ever`,
    severity: "low",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    controls: ["CKV_AWS_66", "CloudWatch.16", "NIST SP 800-53 AU-11"],
    why: "An attack is seldom found in the first days; what is never deleted is a liability.",
    fix: `set retentionInDays to ${shortestLog} or more`,
    concerns: isOurs,
    check: isAtLeast("retentionInDays", shortestLog),
    example: { violation: "retentionInDays: 1", fixed: "retentionInDays: 90" },
  },
  {
    id: "aws-sqs-keep-dead-letters",
    theme: "data-protection",
    description: "Dead letters of Fieldlake are kept as long as the service can",
    severity: "low",
    types: ["aws:sqs/queue:Queue"],
    controls: ["NIST SP 800-53 SI-12"],
    why: "A message that could not be processed is lost after that.",
    fix: `set messageRetentionSeconds to ${longestDeadLetter}`,
    concerns: (view, context) => isOurs(view, context) && /dead-letter/.test(view.resource.name),
    check: isAtLeast("messageRetentionSeconds", longestDeadLetter),
    example: {
      violation: "messageRetentionSeconds: 60",
      fixed: `messageRetentionSeconds: ${longestDeadLetter}`,
    },
  },
  {
    id: "aws-sns-require-signature-v2",
    theme: "data-protection",
    description: "Topics of Fieldlake sign messages with SHA-256",
    severity: "low",
    types: ["aws:sns/topic:Topic"],
    controls: ["NIST SP 800-53 SC-13"],
    why: "Version 1 signs with SHA-1, which can be forged.",
    fix: "set signatureVersion to 2",
    concerns: isOurs,
    check: isOneOf("signatureVersion", [2]),
    example: { violation: "signatureVersion: 1", fixed: "signatureVersion: 2" },
  },
  {
    id: "aws-alarms-keep-on",
    theme: "data-protection",
    description: "Alarms of Fieldlake tell somebody",
    severity: "low",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    controls: ["CKV_AWS_319", "CloudWatch.15", "NIST SP 800-53 SI-4"],
    why: "An alarm that nobody hears is none.",
    fix: "leave actionsEnabled true and name a topic in alarmActions",
    concerns: isOurs,
    check: all(
      present("alarmActions"),
      holds("actionsEnabled", (one) => one !== false, "true, absent"),
    ),
    example: { violation: "actionsEnabled: false", fixed: "actionsEnabled: true, alarmActions: [topic.arn]" },
  },
  {
    id: "aws-secretsmanager-allow-recovery",
    theme: "data-protection",
    description: "A deleted secret can be had back for a week",
    severity: "low",
    types: ["aws:secretsmanager/secret:Secret"],
    controls: ["NIST SP 800-53 CP-9"],
    why: "Losing a secret locks everybody out.",
    fix: "leave recoveryWindowInDays out, or set it to 7 or more",
    check: holds("recoveryWindowInDays", (days) => isAbsent(days) || Number(days) >= 7, "7 or more, absent"),
    example: { violation: "recoveryWindowInDays: 0", fixed: "recoveryWindowInDays: 30" },
  },
  {
    id: "aws-kinesis-keep-retention",
    theme: "data-protection",
    description: "Records of Fieldlake are kept for a day at least, so that they can be read again",
    severity: "medium",
    types: ["aws:kinesis/stream:Stream"],
    controls: ["Kinesis.3", "NIST SP 800-53 SI-12"],
    why: "A decoder that stands still would lose what came in.",
    fix: "set retentionPeriod to 24 or more",
    concerns: isOurs,
    check: isAtLeast("retentionPeriod", 24),
    example: { violation: "retentionPeriod: 1", fixed: "retentionPeriod: 24" },
  },
  {
    id: "aws-firehose-require-log",
    theme: "data-protection",
    description: "What a Firehose stream of Fieldlake can't deliver is logged",
    severity: "low",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    controls: ["DataFirehose.1", "NIST SP 800-53 AU-2"],
    why: "Lost deliveries are not seen otherwise.",
    fix: "set extendedS3Configuration.cloudwatchLoggingOptions to enabled with a log group of the stack",
    concerns: isOurs,
    check: all(
      isTrue("extendedS3Configuration.cloudwatchLoggingOptions.enabled"),
      present("extendedS3Configuration.cloudwatchLoggingOptions.logGroupName"),
    ),
    example: {
      violation: "no cloudwatchLoggingOptions",
      fixed: "cloudwatchLoggingOptions: { enabled: true, logGroupName, logStreamName }",
    },
  },
  ingress("group", "ingress[]?", ["cidrBlocks", "ipv6CidrBlocks"], () => true),
  ingress("rule", "", ["cidrBlocks", "ipv6CidrBlocks"], (view) => view.value("type") !== "egress"),
  ingress("ingress-rule", "", ["cidrIpv4", "cidrIpv6"], () => true),
];
