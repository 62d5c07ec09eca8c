/** Where identities have policy documents. */
import type { DocumentPlaces } from "../../../../kit/documents.ts";
import type { Statement } from "../../../../kit/statements.ts";

export const places: DocumentPlaces = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:iam/role:Role": "inlinePolicies[]?.policy",
};
export const types = Object.keys(places);
export const isAllow = ({ effect }: Statement): boolean => effect === "Allow";
/**
 * `*`, and ARNs whose resource part is but a wildcard: every bucket, every key of the account. What stands before the
 * wildcard is a kind of resource, but in ARNs of S3, which begin with the bucket's name.
 */
export const isEverything = (resource: string): boolean =>
  /^[*?]+$/.test(resource) ||
  /^arn:[^:]*:[^:]*:[^:]*:[^:]*:[*?]+(\/[*?]+)?$/i.test(resource) ||
  /^arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:[a-z-]+[/:][*?]+$/i.test(resource);
