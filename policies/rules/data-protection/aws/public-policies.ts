/** No policy of a resource lets everybody in. */
import { behalfKeys, callerKeys, isBoundByAny, isForEverybody } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { places } from "../../least-privilege/aws/support/resource-documents.ts";

const isApi = (type: string): boolean => type.startsWith("aws:apigateway/");
function open(statement: Statement): string | null {
  if (statement.effect === "Allow" && statement.hasNotPrincipal)
    return "an Allow for everybody but NotPrincipal";
  if (!isForEverybody(statement) || isBoundByAny(statement, callerKeys)) return null;
  return isBoundByAny(statement, behalfKeys)
    ? "an Allow for every service on the account's behalf"
    : "an Allow for everybody";
}

export const awsPublicPoliciesProtectionRules: readonly Rule[] = [
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
    fix: "name the principals of every Allow statement, or bind it by aws:PrincipalOrgID, aws:SourceArn or aws:SourceVpce; beside aws:SourceAccount name the service",
    concerns: (view) => hasDocument(view, places) && !isApi(view.resource.type),
    check: (view) => everyDocument(view, places, open, "named principals"),
    example: {
      violation: 'Effect: "Allow", Principal: "*", Action: "s3:GetObject"',
      fixed:
        'Principal: { Service: "cloudfront.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": distribution.arn } }',
    },
  },
];
