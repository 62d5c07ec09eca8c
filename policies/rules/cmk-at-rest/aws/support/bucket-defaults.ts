/** The encryption of a bucket: within it, or in a resource of its own. */
import type { Context } from "../../../../kit/context.ts";
import { frozenReferences } from "../../../../kit/requirements.ts";
import { unknown } from "../../../../kit/value.ts";
import { type Check, fail, undetermined } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

export const bucketEncryptionType =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
/** Each rule of each encryption configuration of the bucket; wrong where there is none, open where one may be. */
export function everyEncryptionRule(
  bucket: View,
  context: Context,
  check: (rule: View) => readonly Check[],
): readonly Check[] {
  const companions = context.graph.referring(bucket.resource, [bucketEncryptionType], "bucket");
  const frozen = frozenReferences(companions.found, "bucket");
  if (frozen.length > 0) return frozen;
  if (companions.found.length > 0) {
    return companions.found.flatMap((companion) => context.view(companion).every("rules", check));
  }
  const inline = bucket.part("serverSideEncryptionConfiguration.rule");
  if (inline.value("") !== undefined)
    return inline.value("") === unknown ? [undetermined("serverSideEncryptionConfiguration")] : check(inline);
  if (companions.isOpen) return [undetermined("serverSideEncryptionConfiguration")];
  return [
    fail(
      "serverSideEncryptionConfiguration",
      "absent: no BucketServerSideEncryptionConfiguration is for this bucket",
      "one with a key of the customer",
    ),
  ];
}
