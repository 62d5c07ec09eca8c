/** Policies that sit on resources: whom they let in. */
import {
  callerKeys,
  isBoundBy,
  isBoundByAny,
  isBoundByPrefix,
  isForEverybody,
  isSwitchedOn,
  servicesOf,
} from "../../../kit/conditions.ts";
import { everyDocument, hasDocument, type DocumentPlaces } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { hasAction, type Statement } from "../../../kit/statements.ts";

const places: DocumentPlaces = {
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:s3/bucket:Bucket": "policy?",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sqs/queue:Queue": "policy?",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sns/topic:Topic": "policy?",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:secretsmanager/secret:Secret": "policy?",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:opensearch/domain:Domain": "accessPolicies?",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:apigateway/restApi:RestApi": "policy?",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
};
/** Whose policies also let their own account in by other ways: keys. */
const keyPlaces: DocumentPlaces = {
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:kms/replicaKey:ReplicaKey": "policy",
};

const isApi = (type: string): boolean => type.startsWith("aws:apigateway/");

function open(statement: Statement): string | null {
  return isForEverybody(statement) && !isBoundByAny(statement, callerKeys) ? "an Allow for everybody" : null;
}

function unboundService(statement: Statement): string | null {
  const [service] = servicesOf(statement);
  if (statement.effect !== "Allow" || service === undefined || isBoundByAny(statement, callerKeys))
    return null;
  return `an Allow for ${service} on anybody's behalf`;
}

/** Fieldlake's own: nobody is let in without both account and ARN, and nothing by pattern. */
function loose(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (isForEverybody(statement)) return "an Allow for everybody";
  const wide = statement.actions.find((action) => /[*?]/.test(action));
  if (wide !== undefined || statement.notActions.length > 0)
    return `an Allow of ${wide ?? "all but NotAction"}`;
  if (statement.resources.some((one) => /^[*?]+$/.test(one))) return "an Allow on everything";
  const missing = ["aws:SourceAccount", "aws:SourceArn"].find((key) => !isBoundBy(statement, key));
  return servicesOf(statement).length > 0 && missing !== undefined
    ? `an Allow for a service without ${missing}`
    : null;
}

const uses = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
];

function looseKey(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (isForEverybody(statement)) return "an Allow for everybody";
  const wide = statement.actions.find((action) => /^([*?]+|kms:[*?]+)$/i.test(action));
  if (wide !== undefined || statement.notActions.length > 0)
    return `an Allow of ${wide ?? "all but NotAction"}`;
  const isUse = uses.some((action) => hasAction(statement, action));
  const isGrant = hasAction(statement, "kms:CreateGrant");
  if (!isUse && !isGrant) return null;
  if (isGrant && !isSwitchedOn(statement, "kms:GrantIsForAWSResource"))
    return "an Allow of grants to anybody";
  if (servicesOf(statement).length > 0) {
    const isSourced = isBoundBy(statement, "aws:SourceAccount") && isBoundBy(statement, "aws:SourceArn");
    return isSourced || isBoundByPrefix(statement, "kms:EncryptionContext:")
      ? null
      : "an Allow for a service on anybody's behalf";
  }
  const missing = ["kms:CallerAccount", "kms:ViaService"].find((key) => !isBoundBy(statement, key));
  if (missing !== undefined) return `an Allow of use without ${missing}`;
  const needsContext = statement.conditions.some(
    ({ key, values }) =>
      key === "kms:ViaService" && values.length === 1 && /^(s3|dynamodb)\./.test(values[0] ?? ""),
  );
  return isUse && needsContext && !isBoundByPrefix(statement, "kms:EncryptionContext:")
    ? "an Allow of use for any object"
    : null;
}

export const awsResourcePolicyRules: readonly Rule[] = [
  {
    id: "aws-policy-forbid-public-access",
    theme: "data-protection",
    description: "No resource's policy lets everybody in",
    severity: "critical",
    types: Object.keys(places),
    controls: [
      "CKV_AWS_70",
      "CKV_AWS_168",
      "CKV_AWS_169",
      "S3.2",
      "S3.3",
      "SQS.3",
      "SNS.4",
      "NIST SP 800-53 AC-3",
    ],
    why: "Everybody who finds the address reads or writes it.",
    fix: "name the principals of every Allow statement, or bind it by aws:PrincipalOrgID, aws:SourceArn or aws:SourceVpce",
    concerns: (view) => hasDocument(view, places) && !isApi(view.resource.type),
    check: (view) => everyDocument(view, places, open, "named principals"),
    example: {
      violation: 'Effect: "Allow", Principal: "*", Action: "s3:GetObject"',
      fixed:
        'Principal: { Service: "cloudfront.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": distribution.arn } }',
    },
  },
  {
    id: "aws-policy-bind-services",
    theme: "least-privilege",
    description: "A service is let in on behalf of known resources only",
    severity: "medium",
    types: Object.keys(places),
    controls: ["CKV_AWS_364", "NIST SP 800-53 AC-3"],
    why: "Somebody else's resource could make the service come in (confused deputy).",
    fix: "bind every Allow for a service by aws:SourceArn or aws:SourceAccount",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, unboundService, "aws:SourceArn or aws:SourceAccount"),
    example: {
      violation: 'Principal: { Service: "events.amazonaws.com" }',
      fixed: 'Condition: { ArnEquals: { "aws:SourceArn": rule.arn } }',
    },
  },
  {
    id: "aws-policy-keep-tight",
    theme: "least-privilege",
    description:
      "Policies of Fieldlake's stores name actions and resources, and let services in for one account and ARN",
    severity: "medium",
    types: Object.keys(places),
    controls: ["NIST SP 800-53 AC-6"],
    why: "What is wider than the task needs is used by whoever breaks in.",
    fix: "name actions and resources, and bind services by both aws:SourceAccount and aws:SourceArn",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, loose, "named actions and resources, bound services"),
    example: { violation: 'Action: "sqs:*"', fixed: 'Action: "sqs:SendMessage"' },
  },
  {
    id: "aws-kms-bind-use",
    theme: "least-privilege",
    description: "Keys of Fieldlake are used through named services, for what they are for",
    severity: "high",
    types: Object.keys(keyPlaces),
    controls: ["KMS.1", "NIST SP 800-53 AC-6", "NIST SP 800-53 SC-12"],
    why: "A key that its whole account may use directly protects nothing from a stolen role.",
    fix: "bind statements of use by kms:CallerAccount, kms:ViaService and kms:EncryptionContext:…, and grants by kms:GrantIsForAWSResource",
    concerns: (view, context) => context.isOurs(view.resource),
    check: (view) => everyDocument(view, keyPlaces, looseKey, "bound statements"),
    example: {
      violation: 'Action: "kms:Decrypt", Principal: { AWS: root }',
      fixed:
        'Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:CallerAccount": account } }',
    },
  },
];
