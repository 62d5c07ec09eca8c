/** Policies of stores with parts name the parts. */
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { places } from "./support/resource-documents.ts";

/** Objects, messages, indexes: other services' documents have no parts to name, or take nothing but a wildcard. */
const withParts = Object.fromEntries(
  Object.entries(places).filter(([type]) => /^aws:(s3|sqs|sns|opensearch|glue)\//.test(type)),
);

function unnamed({ effect, resources, notResources }: Statement): string | null {
  if (effect !== "Allow") return null;
  if (notResources.length > 0) return "an Allow on everything but NotResource";
  return resources.some((one) => /^[*?]+$/.test(one)) ? "an Allow on everything" : null;
}

export const awsNamedResourcesPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-name-resources",
    theme: "least-privilege",
    description: "The policy of a bucket, queue, topic, domain or catalog names what it lets others reach",
    severity: "medium",
    types: Object.keys(withParts),
    controls: ["NIST SP 800-53 AC-6"],
    why: "A statement that is written for one prefix or index opens every other, and those of the next store that it is copied to.",
    fix: "name ARNs in Resource of every Allow statement",
    concerns: (view) => hasDocument(view, withParts),
    check: (view) => everyDocument(view, withParts, unnamed, "named resources"),
    example: { violation: 'Resource: "*"', fixed: "Resource: `${bucket.arn}/site/*`" },
  },
];
