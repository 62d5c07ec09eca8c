/** What roles and users may do. */
import { isBoundBy } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument, type DocumentPlaces } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { covers, type Statement } from "../../../kit/statements.ts";

const places: DocumentPlaces = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:iam/role:Role": "inlinePolicies[]?.policy",
};
const types = Object.keys(places);

/** Actions that know no resource (AWS service authorization reference, column "Resource types" empty). */
const withoutResource =
  /^(xray:(Put|Get)\w+|cloudwatch:(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics|DescribeAlarms\w*)|ec2:(Describe\w+|CreateNetworkInterface|DeleteNetworkInterface|AssignPrivateIpAddresses|UnassignPrivateIpAddresses)|logs:(DescribeLogGroups|CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies)|s3:(ListAllMyBuckets|GetAccountPublicAccessBlock)|kms:(ListAliases|ListKeys|GenerateRandom)|sts:GetCallerIdentity|ecr:GetAuthorizationToken|ssm:DescribeParameters|tag:Get\w+|iot:(RegisterThing|DescribeEndpoint|SetLoggingOptions|SetV2LoggingOptions|GetLoggingOptions|ListThings|SearchIndex)|lambda:(ListFunctions|GetAccountSettings)|dynamodb:(ListTables|DescribeLimits)|sqs:ListQueues|sns:ListTopics|athena:(ListWorkGroups|ListDataCatalogs|ListEngineVersions)|ssmmessages:\w+|ec2messages:\w+|lakeformation:GetDataAccess|health:\w+|ce:\w+)$/i;

const isAllow = ({ effect }: Statement): boolean => effect === "Allow";
/** `*`, and ARNs whose resource part is but a wildcard: every bucket, every key of the account. */
export const isEverything = (resource: string): boolean =>
  /^[*?]+$/.test(resource) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:([a-z-]+[/:])?[*?]+$/i.test(resource);
const isEveryNameOfKind = (resource: string): boolean => /^arn:(?:[^:]*:){4}(thing|cert)\/\*$/.test(resource);

function wideAction({ notActions, actions, ...statement }: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (notActions.length > 0) return "an Allow of everything but NotAction";
  const wide = actions.find((action) => /^[*?]+$/.test(action) || /^[^:]+:[*?]+$/.test(action));
  return wide === undefined ? null : `an Allow of ${wide}`;
}

function wideResource(statement: Statement): string | null {
  if (!isAllow(statement)) return null;
  if (statement.notResources.length > 0) return "an Allow on everything but NotResource";
  const wide = statement.resources.find((one) => isEverything(one) && !isEveryNameOfKind(one));
  if (
    wide === undefined ||
    statement.conditions.some(({ key }) =>
      /(Resource|Request)Tag|cloudwatch:namespace|PassedToService/i.test(key),
    )
  )
    return null;
  const bindable = statement.actions.filter((action) => !withoutResource.test(action));
  return bindable.length === 0 ? null : `an Allow of ${bindable[0]} on ${wide}`;
}

const opening = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant"];

function wideDecrypt(statement: Statement): string | null {
  const { actions, resources } = statement;
  if (!isAllow(statement)) return null;
  const action = actions.find((pattern) => opening.some((one) => covers(pattern, one)));
  const wide = resources.find((one) => isEverything(one) || /:(key|alias)\/[*?]/.test(one));
  return action === undefined || wide === undefined ? null : `an Allow of ${action} on ${wide}`;
}

function unboundKeyUse(statement: Statement): string | null {
  const action = statement.actions.find((one) => /^kms:/i.test(one));
  if (!isAllow(statement) || action === undefined || isBoundBy(statement, "kms:ViaService")) return null;
  return `an Allow of ${action} without kms:ViaService`;
}

const partial = (statement: Statement): string | null => {
  const wide = statement.actions.find((action) => /[*?]/.test(action));
  return isAllow(statement) && wide !== undefined ? `an Allow of ${wide}` : null;
};

export const awsIdentityPolicyRules: readonly Rule[] = [
  {
    id: "aws-iam-forbid-wildcard-actions",
    theme: "least-privilege",
    description: "No policy allows all actions of a service",
    severity: "high",
    types,
    controls: ["CKV_AWS_62", "CKV_AWS_63", "IAM.1", "IAM.21", "NIST SP 800-53 AC-6"],
    why: "Whoever takes the role over may do whatever the service can, now and later.",
    fix: "name the actions in Action, one by one",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, wideAction, "named actions"),
    example: { violation: 'Action: "s3:*"', fixed: 'Action: ["s3:GetObject", "s3:PutObject"]' },
  },
  {
    id: "aws-iam-forbid-wildcard-resources",
    theme: "least-privilege",
    description: "No policy allows an action on everything where the action can be bound to a resource",
    severity: "high",
    types,
    controls: ["CKV_AWS_355", "CKV_AWS_356", "NIST SP 800-53 AC-6"],
    why: "A mistake or a theft in one place reaches every other.",
    fix: "name the resources' ARNs in Resource",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, wideResource, "named resources"),
    example: {
      violation: 'Action: "s3:GetObject", Resource: "*"',
      fixed: "Resource: `${bucket.arn}/readings/*`",
    },
  },
  {
    id: "aws-iam-forbid-wide-decrypt",
    theme: "least-privilege",
    description: "No policy lets anybody use every key",
    severity: "high",
    types,
    controls: ["KMS.1", "KMS.2", "iam_policy_no_full_access_to_kms", "NIST SP 800-53 SC-12"],
    why: "It undoes the border that a key of its own draws around data.",
    fix: "name the keys' ARNs in Resource of statements with kms:Decrypt, kms:ReEncrypt* or kms:CreateGrant",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, wideDecrypt, "keys by ARN"),
    example: {
      violation: 'Action: "kms:Decrypt", Resource: "*"',
      fixed: 'Action: "kms:Decrypt", Resource: key.arn',
    },
  },
  {
    id: "aws-iam-bind-key-use",
    theme: "least-privilege",
    description: "Roles of Fieldlake use keys through the services that need them, never directly",
    severity: "medium",
    types,
    controls: ["NIST SP 800-53 AC-6", "NIST SP 800-53 SC-12"],
    why: "A stolen role could decrypt ciphertext from anywhere.",
    fix: "add the condition StringEquals kms:ViaService",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, unboundKeyUse, "StringEquals kms:ViaService"),
    example: {
      violation: 'Action: "kms:Decrypt", Resource: key.arn',
      fixed: 'Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } }',
    },
  },
  {
    id: "aws-iam-name-every-action",
    theme: "least-privilege",
    description: "Roles of Fieldlake name every action in full",
    severity: "medium",
    types,
    controls: ["NIST SP 800-53 AC-6"],
    why: "A pattern allows what nobody thought of, and what the service adds later.",
    fix: "name the actions in Action, without wildcards",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, partial, "whole names"),
    example: { violation: 'Action: "s3:Get*"', fixed: 'Action: "s3:GetObject"' },
  },
];
