/** "Own key" on AWS: a KMS key that this stack makes, or one whose owner the customer named. */
import type { Context } from "./context.ts";
import { topLevel, type Resource } from "./graph.ts";
import { matches } from "./settings.ts";
import { isAbsent, sealed, shown, unknown } from "./value.ts";
import { fail, pass, undetermined, type Check } from "./verdict.ts";
import { isFrozen, type View } from "./view.ts";

export const kmsKeyTypes = [
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/replicaExternalKey:ReplicaExternalKey",
] as const;
export const kmsAliasType = "aws:kms/alias:Alias";
const keyOrAlias = [...kmsKeyTypes, kmsAliasType];

const allowed = "the ARN of an aws.kms.Key of this stack, or of a key of allowedKeyOwners";

/**
 * The property names an own key. An AWS-managed key is none, under its alias or by its ARN; a text that no key of
 * the stack has is one only where `allowedKeyOwners` has its account or ARN.
 */
export function ownKey(view: View, context: Context, path: string): Check {
  const value = view.value(path);
  const property = view.path(path);
  if (value === sealed) return undetermined(property, "a secret");
  if (value === unknown && !isFrozen(view.resource, property)) return ofUnknown(view, context, property);
  const frozen = view.test(path, (text) => typeof text === "string" && text !== "", allowed);
  if (frozen.outcome !== "pass" || typeof value !== "string") {
    return isAbsent(value) ? fail(property, shown(value), allowed) : fail(property, frozen.found, allowed);
  }
  if (isManagedAlias(value)) return fail(property, `${shown(value)}, which AWS manages`, allowed);
  const named = context.graph.named(value, keyOrAlias);
  const isOwn = named.some((resource) => leadsToKey(resource, context)) || isAllowed(value, context);
  if (isOwn) return pass(property, shown(value));
  return fail(property, `${shown(value)}, which no key of this stack is`, allowed);
}

/** What it is computed from tells: a key of the stack, or something that is not known. */
function ofUnknown(view: View, context: Context, property: string): Check {
  const behind = context.graph.behind(view.resource, topLevel(property), keyOrAlias);
  const found = behind.filter((resource) => leadsToKey(resource, context));
  if (found.length > 0) return pass(property, `from ${found.map(({ name }) => name).join(", ")}`);
  return undetermined(property);
}

function leadsToKey(resource: Resource, context: Context): boolean {
  if (resource.type !== kmsAliasType) return true;
  if (isManagedAlias(String(resource.inputs["name"] ?? "")) || isFrozen(resource, "targetKeyId"))
    return false;
  const { found } = context.graph.referred(resource, "targetKeyId", kmsKeyTypes);
  return found.length > 0;
}

/** `alias/aws/s3`, bare or at the end of an ARN. */
export const isManagedAlias = (text: string): boolean => /(^|:)alias\/aws\//i.test(text);

/** The ARN of a key whose account, or which itself, the customer named; whatever else an owner's glob matches is none. */
export const isAllowedKeyArn = (arn: string, context: Context): boolean =>
  /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(arn) && isAllowed(arn, context);

function isAllowed(value: string, context: Context): boolean {
  const account = /^arn:[^:]+:kms:[^:]*:(\d{12}):/.exec(value)?.[1];
  return context.settings.allowedKeyOwners.some(
    (owner) => matches(owner, value) || (account !== undefined && owner === account),
  );
}
