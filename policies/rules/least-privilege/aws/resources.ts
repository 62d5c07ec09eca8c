/** Identities' policies name their resources. */
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { places, types } from "./support/identity-documents.ts";
import { wideResource } from "./support/wide-resource.ts";

export const awsResourcesPrivilegeRules: readonly Rule[] = [
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
];
